// catalogues.mjs — other libraries' catalogues for tests of looking titles up: SRU, JSON and Z39.50 on this computer,
// and servers that misbehave. None of them is the program's own work: Z39.50 is YAZ's test server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';

const WAIT_MS = 10_000;

/** `handler` gets (request, response, url); `requests` are the URLs that were asked for. With `tls` ({ key, cert }): https. */
export async function startStub(handler, tls) {
  const requests = [];
  const answer = (request, response) => {
    requests.push(request.url);
    handler(request, response, new URL(request.url, 'http://stub'));
  };
  const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  server.on('clientError', (error, socket) => socket.destroy());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    requests,
    close: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}

/** Whoever connects is handed over as a socket. */
export async function startRaw(handler) {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    handler(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    close: () => new Promise((done) => {
      server.close(done);
      for (const socket of sockets) socket.destroy();
    }),
  };
}

/** A port that nobody listens on: one that was free a moment ago. */
export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port) {
  const socket = net.connect(port, '127.0.0.1');
  const [what] = await Promise.race([once(socket, 'connect').then(() => ['yes']), once(socket, 'error').then(() => ['no'])]).catch(() => ['no']);
  socket.destroy();
  return what === 'yes';
}

/** YAZ's test server: any database, any question; a number that is asked for is how many it finds. */
export async function startZtest() {
  const port = await freePort();
  const child = spawn('yaz-ztest', ['-S', `tcp:127.0.0.1:${port}`], { cwd: tmpdir(), stdio: 'ignore' });
  child.unref();
  const end = () => child.kill('SIGKILL');
  process.on('exit', end);
  const failed = once(child, 'error').then(([error]) => error);
  for (const until = Date.now() + WAIT_MS; !(await answers(port)); ) {
    const error = await Promise.race([failed, new Promise((done) => setTimeout(done, 50))]);
    if (error) throw error;
    if (Date.now() > until) throw new Error('yaz-ztest does not answer');
  }
  return {
    port,
    close: () => {
      process.off('exit', end);
      end();
    },
  };
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A MARC record as SRU servers send it. */
export const marcXml = ({ title, author, isbn, year = '1986', publisher = 'Penguin' }) => `<record xmlns="http://www.loc.gov/MARC21/slim">
  <leader>00000nam a2200000 a 4500</leader><controlfield tag="001">x${isbn}</controlfield>
  <controlfield tag="008">860101s${year}    xx            000 1 eng d</controlfield>
  <datafield tag="020" ind1=" " ind2=" "><subfield code="a">${isbn}</subfield></datafield>
  <datafield tag="100" ind1="1" ind2=" "><subfield code="a">${escape(author)}.</subfield></datafield>
  <datafield tag="245" ind1="1" ind2="0"><subfield code="a">${escape(title)} /</subfield><subfield code="c">by somebody</subfield></datafield>
  <datafield tag="260" ind1=" " ind2=" "><subfield code="b">${escape(publisher)},</subfield></datafield>
  <datafield tag="300" ind1=" " ind2=" "><subfield code="a">A note that only the record has</subfield></datafield>
</record>`;

export const sruAnswer = (records, total = records.length) => `<?xml version="1.0"?>
<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:version>1.1</zs:version><zs:numberOfRecords>${total}</zs:numberOfRecords>
<zs:records>${records.map((record) => `<zs:record><zs:recordSchema>marcxml</zs:recordSchema><zs:recordData>${record}</zs:recordData></zs:record>`).join('')}</zs:records>
</zs:searchRetrieveResponse>`;

export const sruDiagnostic = (message, details) => `<?xml version="1.0"?>
<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:version>1.1</zs:version><zs:numberOfRecords>0</zs:numberOfRecords>
<zs:diagnostics><diag:diagnostic xmlns:diag="http://www.loc.gov/zing/srw/diagnostic/"><diag:uri>info:srw/diagnostic/1/16</diag:uri>
<diag:details>${details}</diag:details><diag:message>${message}</diag:message></diag:diagnostic></zs:diagnostics></zs:searchRetrieveResponse>`;
