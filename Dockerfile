# The image is the one static program and nothing else. Each step can be run by hand on a Debian machine.
#
#   docker build -t carrel .
#   docker run -p 8000:8000 -v library:/data carrel

FROM debian:bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends make
WORKDIR /carrel
# What is fetched depends on these only, so that a change of our code does not fetch anything again.
COPY Makefile Makefile
COPY vendor vendor
COPY assets/package.json assets/package-lock.json assets/
RUN make deps
COPY . .
RUN make deps && make -j"$(nproc)"
# An empty folder that the program's user owns: a fresh volume takes its owner from here.
RUN mkdir -p build/image/data

FROM scratch
COPY --from=build /carrel/build/carrel /carrel
COPY --from=build --chown=10001:10001 /carrel/build/image/data /data
USER 10001:10001
ENV CARREL_LISTEN=0.0.0.0:8000
EXPOSE 8000
VOLUME /data
WORKDIR /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/carrel", "--db", "/data/library.db", "--health"]
CMD ["/carrel", "--db", "/data/library.db"]
