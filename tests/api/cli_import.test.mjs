// The command line: files that come in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CATALOGUE, home, onLibrary, restingLibrary, saysNo, totals, worked } from '../support/cli.mjs';
import { assertHas, expect } from '../support/library.mjs';
import { assertSound, inChroot, startServer } from '../support/server.mjs';

describe('--import', () => {
  for (const live of [false, true]) {
    test(`into a library that is ${live ? 'live' : 'at rest'}: a dry run writes nothing, the real one says what it did`, async () => {
      const place = await restingLibrary();
      await place.write('in.csv', CATALOGUE);
      let server = live ? await startServer({ home: place }) : null;
      const dry = worked(await onLibrary(place, ['--import', place.inside('in.csv'), '--dry-run']));
      assert.match(dry, /nothing was written/i);
      assert.match(dry, /3 rows read, 2 imported, of them 1 repaired; 1 refused/);
      assert.match(dry, /row 4: refused/);
      const real = worked(await onLibrary(place, ['--import', place.inside('in.csv')]));
      assert.match(real, /^3 rows read, 2 imported, of them 1 repaired; 1 refused; 2 copies$/m);
      assert.doesNotMatch(real, /nothing was written/i);
      server ??= await startServer({ home: place });
      assert.equal((await totals(server)).books, 5);
      assert.equal(expect(await server.get('/books?isbn=0439023483'), 200).data[0].title, 'CLI Two');
      const again = worked(await server.run(['--import', place.inside('in.csv')]));
      assert.match(again, /0 imported.*3 refused/);
      const [row] = expect(await server.get('/admin/audit-logs?action=catalogue.imported&limit=1'), 200).data;
      assertHas(row, { actor: 'local administrator', address: 'local' });
      await server.stop({ keep: true, check: true });
    });
  }

  test('makes the library where there is none', async () => {
    const place = await home();
    await place.write('in.csv', CATALOGUE);
    worked(await onLibrary(place, ['--import', place.inside('in.csv')]));
    await assertSound(place);
  });

  test('a dry run leaves no import behind; the real one can be undone in the browser', async () => {
    const place = await restingLibrary();
    await place.write('in.csv', CATALOGUE);
    worked(await onLibrary(place, ['--import', place.inside('in.csv'), '--dry-run']));
    worked(await onLibrary(place, ['--import', place.inside('in.csv')]));
    const server = await startServer({ home: place });
    const { data } = expect(await server.get('/imports'), 200);
    assert.deepEqual(data.filter(({ name }) => name === 'in.csv').map(({ status, created_by }) => [status, created_by]), [['done', 'local administrator']]);
    expect(await server.post(`/imports/${data[0].id}/undo`, {}), 200);
    for (let status = ''; status !== 'undone'; ({ status } = expect(await server.get(`/imports/${data[0].id}`), 200))) await sleep(50);
    assert.equal((await totals(server)).books, 3);
    await server.stop({ keep: true, check: true });
  });

  test('takes readers with --kind, and a file as an import profile says with --profile', async () => {
    const place = await restingLibrary();
    const server = await startServer({ home: place });
    expect(await server.post('/imports/profiles', { name: 'The old list', kind: 'members', columns: 'Wer\tname\nNummer\tcard\nRest\t', duplicates: 'skip' }), 201);
    await server.stop({ keep: true });
    await place.write('old.csv', 'Nummer;Wer;Rest\n20000000000018;Ada Import;x\n');
    saysNo(await onLibrary(place, ['--import', place.inside('old.csv'), '--kind', 'members', '--profile', 'Another']), 1, /no import profile “Another”/);
    saysNo(await onLibrary(place, ['--import', place.inside('old.csv'), '--kind', 'readers']), 1, /kind/);
    const said = worked(await onLibrary(place, ['--import', place.inside('old.csv'), '--kind', 'members', '--profile', 'the OLD list']));
    assert.match(said, /^1 rows read, 1 imported/m);
    const again = await startServer({ home: place });
    assert.equal(expect(await again.get('/members?card=20000000000018'), 200).data[0].name, 'Ada Import');
    await again.stop({ keep: true, check: true });
  });

  test('of a file that is not there, a directory, or no catalogue is one line', async () => {
    const place = await restingLibrary();
    await place.write('words.csv', 'just some words\n');
    saysNo(await onLibrary(place, ['--import', place.inside('none.csv')]), 1, /none\.csv/);
    saysNo(await onLibrary(place, ['--import', inChroot ? '/data' : place.directory]), 1, /./);
    saysNo(await onLibrary(place, ['--import', place.inside('words.csv')]), 1, /title/);
  });
});
