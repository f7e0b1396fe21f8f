// sbom.mjs - what is linked into the program, with versions: CycloneDX 1.5 (ECMA-424) as JSON.
//
//     node packaging/sbom.mjs ARCHITECTURE VERSION >sbom.json
//     node packaging/sbom.mjs ARCHITECTURE --built-using      the same as Debian's field: source (= version), …
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const [architecture, version] = process.argv.slice(2);
const read = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim();
const isNative = architecture === read('dpkg', '--print-architecture');

const listed = (file) => readFileSync(file, 'utf8').split('\n').filter((line) => /^[^#]/.test(line)).map((line) => line.split(/\s/)[0]);

/** Static archives of Debian's -dev packages; the C library and the compiler's run time are linked in as well. */
const STATIC = listed('vendor/linked.list');
const COMPILER = isNative ? 'gcc' : `${{ arm64: 'aarch64-linux-gnu', armhf: 'arm-linux-gnueabihf' }[architecture]}-gcc`;
const LIBGCC = `libgcc-${read(COMPILER, '-dumpversion').split('.')[0]}-dev`;
const RUN_TIME = isNative ? ['libc6-dev', LIBGCC] : [`libc6-dev-${architecture}-cross`, `${LIBGCC}-${architecture}-cross`];
/** Built from Debian's source packages (vendor/). */
const COMPILED = listed('vendor/versions.lock');

const FORMAT = '${source:Package} ${source:Version} ${Version}\n';
const installed = (name) => {
  const [source, sourceVersion, own] = read('dpkg-query', '--show', `--showformat=${FORMAT}`, name).split(' ');
  return { name, source, sourceVersion, version: own };
};
const unpacked = (name) => {
  const folder = `build/vendor/download/${architecture}`;
  const file = readdirSync(folder).find((entry) => entry.startsWith(`${name}_`));
  const [source, sourceVersion, own] = read('dpkg-deb', '--show', `--showformat=${FORMAT}`, `${folder}/${file}`).split(' ');
  return { name, source, sourceVersion, version: own };
};
const compiled = (name) => {
  const folder = `build/vendor/download/${name}`;
  const file = readdirSync(folder).find((entry) => entry.endsWith('.dsc'));
  const own = /^Version: (.*)$/m.exec(readFileSync(`${folder}/${file}`, 'utf8'))[1];
  return { name, source: name, sourceVersion: own, version: own };
};
const debian = [...STATIC.map(isNative ? installed : unpacked), ...RUN_TIME.map(installed), ...COMPILED.map(compiled)];

/** What npm puts into the pages: everything that is not for building alone. */
const { packages } = JSON.parse(readFileSync('assets/package-lock.json', 'utf8'));
const npm = Object.entries(packages)
  .filter(([path, entry]) => path !== '' && !entry.dev && !entry.optional)
  .map(([path, entry]) => ({ name: path.replace(/^.*node_modules\//, ''), version: entry.version, license: entry.license }));

if (version === '--built-using') {
  const sources = new Map(debian.map(({ source, sourceVersion }) => [source, sourceVersion]));
  process.stdout.write([...sources].sort().map(([source, own]) => `${source} (= ${own})`).join(', '));
} else {
  const component = (purl, name, own, license) => ({
    type: 'library', 'bom-ref': purl, name, version: own, purl, ...(license ? { licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }] } : {}),
  });
  const debianPurl = ({ source, sourceVersion }) => `pkg:deb/debian/${encodeURIComponent(source)}@${encodeURIComponent(sourceVersion)}?arch=source`;
  const npmPurl = ({ name, version: own }) => `pkg:npm/${name.replace('@', '%40')}@${own}`;
  const components = [
    ...debian.map((entry) => component(`${debianPurl(entry)}&from=${entry.name}`, entry.name, entry.version)),
    ...npm.map((entry) => component(npmPurl(entry), entry.name, entry.version, entry.license)),
  ].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? 0);
  process.stdout.write(`${JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1000).toISOString(),
      component: { type: 'application', 'bom-ref': 'carrel', name: 'carrel', version, properties: [{ name: 'architecture', value: architecture }] },
    },
    components,
  }, null, 2)}\n`);
}
