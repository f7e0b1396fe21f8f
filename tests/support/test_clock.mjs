// test_clock.mjs — a server's time in a test's hand: months pass in seconds, and the same test gives the same dates.
//
//     const clock = await makeTestClock('2026-03-02T09:00:00.000Z');
//     const server = await startServer({ home: clock.home, env: clock.env });
//     clock.moveTo('2026-03-03T09:00:00.000Z');            // the next request sees it; time never goes back
import { writeFileSync } from 'node:fs';
import { makeHome } from './server.mjs';

export async function makeTestClock(instant) {
  const home = await makeHome();
  const path = await home.write('clock', `${new Date(instant).toISOString()}\n`);
  return {
    home,
    env: { CARREL_ENVIRONMENT: 'test', CARREL_TEST_CLOCK: home.inside('clock') },
    moveTo: (when) => writeFileSync(path, `${new Date(when).toISOString()}\n`, { flag: 'r+' }),
  };
}
