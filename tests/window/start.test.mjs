// Files that Divedeep must not open: the released window says why, changes nothing, and goes on once it can.
// Run by `cargo xtask window start`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { PROGRAM, environment, folder, inAWindow } from './app.mjs';
import { Key, until } from './webdriver.mjs';

/** An empty SQLite file of one page, written by a program of this version. */
function emptyDatabase(userVersion) {
  const page = Buffer.alloc(4096);
  page.write('SQLite format 3\0', 0, 'latin1');
  page.writeUInt16BE(4096, 16);
  // Write and read version, reserved bytes, and the payload fractions, which are fixed.
  page.set([1, 1, 0, 64, 32, 32], 18);
  page.writeUInt32BE(1, 24);
  page.writeUInt32BE(1, 28);
  page.writeUInt32BE(4, 44);
  page.writeUInt32BE(1, 56);
  page.writeUInt32BE(userVersion, 60);
  page.writeUInt32BE(1, 92);
  page.writeUInt32BE(3_053_002, 96);
  // An empty leaf of the schema's table, whose content would start at the page's end.
  page.writeUInt8(13, 100);
  page.writeUInt16BE(4096, 105);
  return page;
}

function folderWith(bytes) {
  const place = folder();
  mkdirSync(place.data);
  const database = join(place.data, 'divedeep.db');
  writeFileSync(database, bytes);
  return { ...place, database };
}

/** The error page in both languages: a sentence, naming the file, without a hole in it. */
async function refuses(place, { names, picture }) {
  const sentences = [];
  for (const language of ['en', 'zh-TW']) {
    await inAWindow(`start-${picture}`, place, { language }, async (app) => {
      const text = await app.text('error-page');
      assert.match(text, language === 'en' ? /[a-z]{3} [a-z]{2}/ : /\p{Script=Han}{4}/u);
      assert.doesNotMatch(text, /\{\w+\}|undefined|null|\[object/);
      for (const name of names) assert.ok(text.includes(name), `${name} is in: ${text}`);
      assert.ok(!(await app.has('first-run-next')), 'it does not begin afresh beside a file it cannot read');
      // The same fault again: the page stays, and does not crash.
      await app.press(Key.Enter);
      await app.sees('error-page');
      await app.photograph(`error-${picture}-${language}`);
      sentences.push(text);
    });
  }
  assert.notEqual(sentences[0], sentences[1]);
}

const limit = { timeout: 120_000 };

test('a file that is no database is refused and left as it is', limit, async () => {
  const bytes = Buffer.from('This was a study file once. '.repeat(400));
  const place = folderWith(bytes);
  await refuses(place, { names: [place.database], picture: 'corrupt' });
  assert.deepEqual(readFileSync(place.database), bytes);
});

test('a database damaged in the middle is refused and left as it is', limit, async () => {
  const place = folderWith(Buffer.concat([emptyDatabase(1), Buffer.alloc(8192, 0xa5)]));
  const bytes = readFileSync(place.database);
  bytes.fill(0xff, 100, 400);
  writeFileSync(place.database, bytes);
  await refuses(place, { names: [place.database], picture: 'damaged' });
  assert.deepEqual(readFileSync(place.database), bytes);
});

test('a file of a newer Divedeep is refused and left as it is', limit, async () => {
  const bytes = emptyDatabase(9999);
  const place = folderWith(bytes);
  await refuses(place, { names: [place.database, '9999'], picture: 'newer' });
  assert.deepEqual(readFileSync(place.database), bytes);
  assert.ok(!readdirSync(place.data).some((name) => name.includes('-wal')), 'SQLite did not get to touch it');
});

test('a file where the folder should be is refused', limit, async () => {
  const place = folder();
  writeFileSync(place.data, 'a file');
  await refuses(place, { names: [place.data], picture: 'no-folder' });
  assert.equal(readFileSync(place.data, 'utf8'), 'a file');
});

test('a second copy says that another one is running, and opens when that is closed', limit, async () => {
  const place = folder();
  const first = spawn(PROGRAM, ['--data-dir', place.data], { env: { ...process.env, ...environment(place) } });
  const ended = once(first, 'exit');
  try {
    // Its page asks for the start, which opens the file.
    await until('the first copy', () => existsSync(join(place.data, 'divedeep.db')), 30_000);
    await refuses(place, { names: [place.data], picture: 'in-use' });
    assert.equal(first.exitCode, null, 'the first copy runs on');
    await inAWindow('start-second', place, {}, async (app) => {
      await app.sees('error-page');
      first.kill();
      await ended;
      await app.press(Key.Enter);
      await app.sees('first-run-next');
    });
  } finally {
    first.kill('SIGKILL');
  }
});

test('once a bad file is put away, trying again begins afresh', limit, async () => {
  const place = folderWith('not a database at all');
  await inAWindow('start-afresh', place, {}, async (app) => {
    await app.sees('error-page');
    rmSync(place.database);
    await app.click('try-again');
    await app.sees('first-run-next');
  });
});
