// prometheus.mjs — the real Prometheus, which vendor/deps.sh brings: its tool that checks, and its server.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { top } from './server.mjs';

const folders = [join(top, 'build/prometheus/usr/bin'), ...(process.env.PATH ?? '').split(delimiter)];
const find = (name) => folders.map((folder) => join(folder, name)).find(existsSync);

export const promtool = find('promtool');
const program = find('prometheus');
/** For the `skip` of a test: false, or why it cannot run. */
export const isMissing = promtool && program ? false : 'there is no Prometheus here (make deps-test brings it)';

/** `promtool …`: { status, text }. */
export function runPromtool(args, input) {
  const { status, stdout, stderr } = spawnSync(promtool, args, { input, encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

/**
 * A server that reads `target` ("127.0.0.1:8000") every second and keeps its data in `folder`. ask(query) gives the API's
 * result once it is not empty; stop() ends it.
 */
export async function startPrometheus(folder, target, { rules = [] } = {}) {
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, `global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: ${JSON.stringify(rules)}
scrape_configs:
  - job_name: carrel
    static_configs: [{targets: ['${target}']}]
`);
  const child = spawn(program, [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0', '--log.format=json'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => (log += chunk));
  const ended = new Promise((done) => child.once('exit', done));
  process.once('exit', () => child.kill('SIGKILL'));
  const until = Date.now() + 60_000;
  const again = async (look, what) => {
    for (;;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > until || child.exitCode !== null) throw new Error(`prometheus: no ${what}\n${log}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  const address = await again(() => /"msg":"Listening on".*?"address":"([^"]+)"|"address":"([^"]+)".*?"msg":"Listening on"/.exec(log)?.slice(1).find(Boolean), 'address');
  const get = async (path) => {
    const reply = await fetch(`http://${address}${path}`).catch(() => undefined);
    return reply?.ok ? (await reply.json()).data : undefined;
  };
  return {
    targets: () => again(async () => (await get('/api/v1/targets'))?.activeTargets.filter((one) => one.health !== 'unknown')[0], 'target'),
    ask: (query) => again(async () => ((found) => (found?.length > 0 ? found : undefined))((await get(`/api/v1/query?query=${encodeURIComponent(query)}`))?.result), query),
    get,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
