// openapi.mjs — lints an OpenAPI document by the rules of openapi.yaml beside it.
//
//     build/carrel --openapi | node tests/check/openapi.mjs
//
// Exit status 0: nothing found. Otherwise each finding is a line on standard error: where, what, by which rule.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lintFromString, loadConfig } from '@redocly/openapi-core';

const config = await loadConfig({ configPath: fileURLToPath(new URL('openapi.yaml', import.meta.url)) });
const source = readFileSync(0, 'utf8');
const findings = await lintFromString({ source, absoluteRef: 'openapi.json', config });
for (const { location, message, ruleId, severity } of findings) {
  console.error(`openapi: ${severity}: ${location[0]?.pointer ?? '#'}: ${message} (${ruleId})`);
}
const operations = Object.values(JSON.parse(source).paths ?? {}).reduce((sum, path) => sum + Object.keys(path).length, 0);
console.log(`openapi: ${operations} operations, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
