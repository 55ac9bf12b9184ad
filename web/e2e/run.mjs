// What an operator does in a night, done by a browser.
//   npm run e2e                                          against the mock server (builds nothing: run `npm run build` first)
//   SKYPICKET_URL=http://127.0.0.1:8470 npm run e2e      the same against a running `skypicket demo`
// It asserts states and that pixels are drawn, never frame rates.
import assert from 'node:assert/strict';
import { startMock } from '../mock/server.mjs';
import { openBrowser, openPage, settled } from './browser.mjs';

const real = process.env.SKYPICKET_URL;
const SMALL = { width: 1100, height: 640 };
const PATIENCE_MS = Number(process.env.E2E_PATIENCE_S ?? 120) * 1000;

const app = (page, fn, arg) => page.evaluate(new Function('arg', `const app = window.skypicket; return (${fn})(app, arg)`), arg);
const until = (page, fn, arg, timeout = PATIENCE_MS) => page.waitForFunction(new Function('arg', `const app = window.skypicket; return app && (${fn})(app, arg)`), arg, { timeout, polling: 200 });

/** Where moving tracks are drawn: number → [x, y]. */
const drawn = (page) => app(page, (a) => Object.fromEntries([...a.store.slotOf].filter(([, s]) => a.store.speed(s) > 20).slice(0, 200).map(([n, s]) => { const now = a.clock.now(performance.now()); return [n, [a.store.drawnX(s, now), a.store.drawnY(s, now)]]; })));

async function moves(page) {
  const before = await drawn(page);
  assert.ok(Object.keys(before).length > 0, 'there is a moving track');
  await page.waitForTimeout(1500);
  const after = await drawn(page);
  const both = Object.keys(before).filter((n) => after[n]);
  assert.ok(both.length > 0, 'a track is held over time');
  const moved = both.filter((n) => before[n][0] !== after[n][0] || before[n][1] !== after[n][1]);
  assert.equal(moved.length, both.length, 'every moving track moves');
}

async function pixels(page) {
  const shot = await page.locator('main.map').screenshot();
  assert.ok(shot.length > 15_000, `the map is drawn (${shot.length} bytes of picture)`);
  // Around a track there are more colours than the map below it has.
  const colours = await app(page, (a) => new Promise((done) => {
    const map = a.view.map, gl = map.getCanvas().getContext('webgl2'), ratio = devicePixelRatio, box = map.getCanvas().getBoundingClientRect();
    const seen = [...a.store.slotOf.values()].sort((p, q) => a.store.rankOf(q) - a.store.rankOf(p)).map((s) => map.project(a.view.layer.lonLat(s))).filter((p) => p.x > 30 && p.y > 30 && p.x < box.width - 30 && p.y < box.height - 30).slice(0, 8);
    map.once('render', () => done(seen.map((p) => {
      const bytes = new Uint8Array(24 * 24 * 4);
      gl.readPixels(Math.round(p.x * ratio) - 12, gl.drawingBufferHeight - Math.round(p.y * ratio) - 12, 24, 24, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
      return new Set(new Uint32Array(bytes.buffer)).size;
    })));
    map.triggerRepaint();
  }));
  assert.ok(colours.length > 0, 'a track is in sight');
  assert.ok(colours.filter((n) => n > 8).length * 2 > colours.length, `tracks are drawn (colours around them: ${colours})`);
  assert.equal(await app(page, (a) => a.webglMissing), false);
}

async function entryAppears(page) {
  const speeds = page.locator('.speed select');
  await speeds.selectOption('30');
  await until(page, (a) => a.incidents?.some((i) => i.state === 'open' && i.entries.some((e) => e.entered_at !== null)));
  await speeds.selectOption('1');
  const incident = await app(page, (a) => { const i = a.incidents.find((x) => x.state === 'open' && x.entries.some((e) => e.entered_at !== null)); return { id: i.id, title: i.title, subject: i.subjects[0].label }; });
  const row = page.locator(`[data-incident-row="${incident.id}"]`);
  await row.waitFor({ timeout: 10_000 });
  assert.match(await row.innerText(), /\d\d:\d\d [A-Z]+ ?\(?\d*:?\d*Z?\)?|\d\d:\d\dZ/, 'the row gives a time with its zone');
  return incident;
}

async function acknowledgedAndClosed(page, incident) {
  await page.locator(`[data-incident-row="${incident.id}"]`).focus();
  await page.keyboard.press('Enter');
  const panel = page.locator('aside.detail');
  await panel.getByRole('button', { name: 'Acknowledge' }).click();
  // The name is asked once.
  await page.getByRole('textbox', { name: 'Your name' }).fill('E. Tester');
  await page.getByRole('button', { name: 'Continue' }).click();
  await until(page, (a, id) => a.incidents.find((i) => i.id === id)?.state === 'acknowledged', incident.id, 20_000);
  await panel.getByRole('textbox', { name: 'Add a note' }).fill('two pairs of eyes');
  await panel.getByRole('button', { name: 'Add', exact: true }).click();
  await until(page, (a, id) => a.incidents.find((i) => i.id === id)?.log.some((l) => /two pairs of eyes/.test(l.text)), incident.id, 20_000);
  assert.match(await panel.innerText(), /why it counts/i);
  await panel.getByRole('button', { name: 'Close…' }).click();
  await panel.getByRole('radio').nth(2).check();
  await panel.getByRole('textbox', { name: 'Note', exact: true }).fill('no longer observed by any radar');
  await panel.getByRole('button', { name: 'Close the incident' }).click();
  await until(page, (a, id) => a.incidents.find((i) => i.id === id)?.state === 'closed', incident.id, 20_000);
  const log = await app(page, (a, id) => a.incidents.find((i) => i.id === id).log.filter((l) => l.by === 'E. Tester').length, incident.id);
  assert.ok(log >= 3, 'the log names who did it');
  await page.keyboard.press('c');
}

async function scrubbing(page, incident) {
  const bar = page.getByRole('slider', { name: 'Time shown' });
  const from = await app(page, (a) => a.time.from);
  const liveMs = await app(page, (a) => a.clock.now(performance.now()));
  const opened = await app(page, (a, id) => Date.parse(a.incidents.find((i) => i.id === id).opened), incident.id);
  const target = Math.max(from + 5000, opened - 30_000);
  await bar.evaluate((input, ms) => { input.value = String(ms); input.dispatchEvent(new Event('input', { bubbles: true })); input.dispatchEvent(new Event('change', { bubbles: true })); }, target);
  await page.getByText('as known at', { exact: false }).waitFor({ timeout: 10_000 });
  await until(page, (a, ms) => a.time.past && Math.abs(a.store.frameTimeMs - ms) < 5000, target, 20_000);
  assert.ok(liveMs - target > 1000);
  await until(page, (a) => a.time.incidents !== null, null, 15_000);
  if (target < opened) assert.equal(await app(page, (a, id) => a.time.incidents.some((i) => i.id === id), incident.id), false, 'an incident is not known before it opened');
  // Forth again, by playing it.
  await page.locator('.bar .icon').click();
  await until(page, (a, ms) => a.time.past && a.store.frameTimeMs > ms + 1500, target, 30_000);
  await page.getByRole('button', { name: /^Return to/ }).click();
  await until(page, (a, ms) => !a.time.past && a.store.frameTimeMs >= ms, liveMs - 2000, 20_000);
}

async function keysAndSearch(page) {
  await page.locator('body').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ timeout: 5000 });
  await page.keyboard.press('Escape');
  const zoom = await app(page, (a) => a.view.map.getZoom());
  await page.keyboard.press('e');
  await until(page, (a, z) => a.view.map.getZoom() > z + 0.5, zoom, 10_000);
  await page.keyboard.press('q');
  // A flight that moves, is on no incident's list and has the name for itself: what is found is then that track.
  const label = await app(page, (a) => {
    const told = JSON.stringify(a.incidents ?? []);
    const slots = [...a.store.slotOf.values()];
    const labels = slots.map((s) => a.store.labelOf(s));
    return labels.find((l, i) => a.store.speed(slots[i]) > 20 && !told.includes(l) && labels.filter((x) => x === l).length === 1) ?? labels[0];
  });
  await page.keyboard.press('/');
  await page.keyboard.type(label);
  const hit = page.getByRole('option').filter({ hasText: label }).first();
  await hit.waitFor({ timeout: 10_000 });
  await page.keyboard.press('Enter');
  await page.locator('aside.detail').getByRole('heading', { level: 2 }).waitFor({ timeout: 10_000 });
  await until(page, (a) => a.detail !== null, null, 10_000);
  assert.match(await page.locator('aside.detail').innerText(), /lines of evidence/i);
  await page.keyboard.press('Escape');
}

async function listsFilled(page) {
  await page.getByRole('tab', { name: /Sensors/ }).click();
  await until(page, (a) => a.sensors !== null, null, 10_000);
  assert.ok((await page.locator('#tabpanel summary').count()) > 0, 'sensors are listed');
  await page.getByRole('tab', { name: /Entries/ }).click();
  await until(page, (a) => a.entries !== null, null, 10_000);
  assert.ok((await page.locator('#tabpanel li').count()) > 0, 'entries are listed');
  await page.getByRole('tab', { name: /Incidents/ }).click();
}

/** A text is pasted, what is right of the proposals is confirmed, and what counts stands in the list with both ratings and beside the incident. */
async function claimsConfirmed(page, incident) {
  await page.getByRole('tab', { name: /Claims/ }).click();
  await until(page, (a) => a.claims !== null, null, 10_000);
  await page.getByRole('button', { name: 'Add…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add claims' });
  await dialog.getByLabel(/^Text/).fill('According to the ministry, at least three drones crossed into Polish airspace before being brought down. Talks will go on.');
  const said = await app(page, (a) => new Date(a.clock.now(performance.now())).toISOString().slice(0, 16).concat('Z'));
  await dialog.getByLabel('When it was said').fill(said);
  await dialog.getByLabel('Where it was printed').fill('A Paper');
  await dialog.getByRole('button', { name: 'Propose' }).click();
  const first = dialog.locator('li').filter({ hasText: 'at least 3 objects entered' });
  await first.waitFor({ timeout: 10_000 });
  assert.match(await first.locator('mark').first().innerText(), /at least three drones/, 'the words that it rests on are marked');
  assert.match(await first.locator('blockquote').innerText(), /^“/, 'what was printed is marked as a quotation');
  await first.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Confirm 1' }).click();
  await until(page, (a) => a.claims?.some((c) => c.state === 'confirmed' && c.now !== null), null, 20_000);
  const card = page.locator('#tabpanel [data-claim]').first();
  assert.match(await card.innerText(), /when spoken/i);
  assert.match(await card.innerText(), /supported|undecidable|contradicted/);
  const beside = await app(page, (a, id) => fetch(new URL(`api/v1/claims?incident=${id}`, document.baseURI)).then((r) => r.json()).then((b) => b.claims.length), incident.id);
  if (beside > 0) {
    await app(page, (a, id) => a.showIncident(id), incident.id);
    await page.locator('aside.detail [data-claim]').first().waitFor({ timeout: 10_000 });
    await page.keyboard.press('c');
  }
  await card.locator('summary').click();
  await card.getByRole('textbox', { name: 'Why it is withdrawn' }).fill('a test');
  await card.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await until(page, (a) => a.claims?.some((c) => c.state === 'withdrawn'), null, 20_000);
  await page.getByRole('tab', { name: /Incidents/ }).click();
}

/** A report is filed, corrected in its history and withdrawn; counts say of what, where and when. */
async function reportsAndCounts(page) {
  await page.getByRole('tab', { name: /Reports/ }).click();
  await until(page, (a) => a.reports !== null, null, 20_000);
  await page.getByRole('button', { name: 'File a report…' }).click();
  const form = page.getByRole('form', { name: 'File a report' });
  await form.getByLabel('What it was').selectOption('drone');
  await form.getByRole('button', { name: 'Take the middle of the map' }).click();
  await form.getByLabel('Source', { exact: true }).fill('the fire service');
  await form.getByRole('button', { name: 'File the report' }).click();
  await until(page, (a) => a.reports.some((r) => r.statement.source === 'the fire service'), null, 20_000);
  const number = await app(page, (a) => a.reports.find((r) => r.statement.source === 'the fire service').number);
  const row = page.locator(`[data-report="${number}"]`);
  assert.match(await row.innerText(), /Wreck of a drone/);
  await row.locator('summary').click();
  await row.getByRole('button', { name: 'Withdraw…' }).click();
  await row.getByLabel('Why it is withdrawn').fill('a rehearsal');
  await row.getByRole('button', { name: 'Withdraw the report' }).click();
  await until(page, (a, n) => a.reports.find((r) => r.number === n)?.withdrawn, number, 20_000);
  assert.match(await row.innerText(), /withdrawn: a rehearsal/, 'its history is kept');
  await page.getByRole('tab', { name: /Counts/ }).click();
  await until(page, (a) => a.counts?.length > 0, null, 60_000);
  const count = page.locator('[data-count="objects_entered"]').first();
  assert.match(await count.innerText(), /Objects entered\s+\d+/);
  assert.match(await page.locator('#tabpanel').innerText(), /in the 24 h up to .*as known then/);
  await page.getByRole('tab', { name: /Incidents/ }).click();
}

async function coverageShown(page) {
  await page.locator('body').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('o');
  const panel = page.locator('section.coverage');
  await panel.getByText('internal').waitFor({ timeout: 5000 });
  await until(page, (a) => a.coverage.answer !== null && a.coverage.fault === null, null, 20_000);
  const covered = () => app(page, (a) => a.coverage.answer.percent.reduce((sum, p) => sum + p, 0));
  const drawn = () => app(page, (a) => a.view.map.queryRenderedFeatures({ layers: ['coverage'] }).length);
  // The steps before may have left the map where no radar reaches.
  await app(page, (a) => a.view.map.jumpTo({ center: [22, 52], zoom: 6 }));
  await app(page, (a) => a.coverage.setHeight(20));
  await until(page, (a) => a.coverage.answer?.height_m === 20 && a.coverage.answer.percent.some((p) => p > 0), null, 20_000);
  const low = await covered();
  await panel.getByRole('slider', { name: 'Height of the target' }).fill('12');
  await until(page, (a) => a.coverage.answer?.height_m === 2000, null, 20_000);
  assert.ok((await covered()) > low, 'more could have been seen higher up');
  await until(page, (a) => a.view.map.queryRenderedFeatures({ layers: ['coverage'] }).length > 0, null, 20_000);
  assert.doesNotMatch(await panel.innerText(), /clear/i);
  assert.match(await panel.innerText(), /nothing held says nothing/);
  await panel.getByRole('button', { name: 'Close coverage' }).click();
  await panel.waitFor({ state: 'detached', timeout: 5000 });
  await page.waitForTimeout(300);
  assert.equal(await drawn(), 0, 'the layer goes away');
}

const clean = (page) => {
  assert.deepEqual(page.foreign, [], 'no request leaves the origin');
  assert.deepEqual(page.faults, [], 'no error in the console');
};

const steps = [];
async function step(name, run) {
  const began = Date.now();
  try {
    const value = await run();
    steps.push(name);
    process.stdout.write(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
    return value;
  } catch (fault) {
    process.stdout.write(`FAIL ${name}: ${fault?.stack ?? fault}\n`);
    throw fault;
  }
}

async function night(browser, url) {
  const page = await openPage(browser, url, SMALL);
  await step('the picture arrives', () => settled(page));
  await step('the map is drawn', () => pixels(page));
  await step('tracks move', () => moves(page));
  const incident = await step('an entry appears', () => entryAppears(page));
  await step('it is acknowledged, noted and closed', () => acknowledgedAndClosed(page, incident));
  await step('scrubbing back and forth', () => scrubbing(page, incident));
  await step('keys and search', () => keysAndSearch(page));
  await step('what could have been seen is shown, as internal', () => coverageShown(page));
  await step('sensors and entries are listed', () => listsFilled(page));
  await step('a claim is proposed, confirmed, rated and withdrawn', () => claimsConfirmed(page, incident));
  await step('a report is filed and withdrawn, counts are told', () => reportsAndCounts(page));
  await step('no error, no foreign request', () => clean(page));
  await page.context().close();
}

async function originShown(page) {
  await page.locator('[data-incident-row="inc-a"]').click();
  const panel = page.locator('aside.detail');
  assert.match(await panel.innerText(), /not excluded: area A/);
  await panel.getByRole('button', { name: 'Show the region' }).first().click();
  const region = page.locator('section.origin');
  await region.getByText('internal').waitFor({ timeout: 10_000 });
  await until(page, (a) => a.view.map.queryRenderedFeatures({ layers: ['origin'] }).length > 0, null, 20_000);
  assert.doesNotMatch(await region.innerText(), /launched/i);
  await page.keyboard.press('c');
  await region.waitFor({ state: 'detached', timeout: 5000 });
}

/** The layer is drawn, renewed, read by pointer and keyboard, follows the time bar, and an incident without a track leads to it. */
async function gnssShown(page) {
  await page.locator('body').click({ position: { x: 5, y: 5 } });
  await page.locator('[data-incident-row="inc-g"]').click();
  const detail = page.locator('aside.detail');
  assert.match(await detail.innerText(), /of 9 aircraft heard within/);
  assert.equal(await app(page, (a) => a.selected.length), 0, 'it has no track');
  await detail.getByRole('button', { name: 'Show the cells' }).click();
  const panel = page.locator('section.gnss');
  await until(page, (a) => a.gnss.answer !== null && a.gnss.fault === null, null, 20_000);
  await until(page, (a) => a.view.map.queryRenderedFeatures({ layers: ['gnss-fill'] }).some((f) => f.properties.state === 'much'), null, 20_000);
  const none = await app(page, (a) => a.view.map.queryRenderedFeatures({ layers: ['gnss-fill'] }).filter((f) => f.properties.state === 'none').length);
  assert.equal(none, 0, 'where there is no evidence nothing is filled');
  assert.doesNotMatch(await panel.innerText(), /\bsafe\b|\bclear\b|jammer|attack|hostile/i);
  // Where it may come from: outlines with the word that it is by the model.
  await until(page, (a) => a.view.map.queryRenderedFeatures({ layers: ['gnss-source-90'] }).length > 0, null, 20_000);
  assert.match(await panel.innerText(), /Source area by the model: 90 % within/);
  // It is renewed by itself.
  const first = await app(page, (a) => a.gnss.answer.time);
  await until(page, (a, t) => a.gnss.answer.time > t, first, 15_000);
  // The list by keyboard: choosing flies there and tells the cell.
  await panel.locator('[data-gnss-row]').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await until(page, (a) => a.gnss.chosenCell !== null, null, 5000);
  await page.mouse.move(5, 5);
  await panel.getByText('Evidence worth').waitFor({ timeout: 5000 });
  assert.match(await panel.locator('.told').innerText(), /lack satellite navigation[^]*Last heard/);
  // A click on another hexagon chooses that one.
  await page.waitForTimeout(800);
  const other = await app(page, (a) => { const box = a.view.map.getCanvas().getBoundingClientRect(); const list = a.gnss.cells.filter((c) => c.cell !== a.gnss.chosen).map((c) => ({ cell: c.cell, at: a.view.map.project([(c.ring[0][0] + c.ring[3][0]) / 2, (c.ring[0][1] + c.ring[3][1]) / 2]) })); const p = list.find((c) => c.at.x > 60 && c.at.x < box.width - 440 && c.at.y > 150 && c.at.y < box.height - 80 && a.view.layer.pick(c.at.x, c.at.y, 30) === null); return { cell: p.cell, x: p.at.x + box.left, y: p.at.y + box.top }; });
  await page.mouse.click(other.x, other.y);
  await until(page, (a, cell) => a.gnss.chosen === cell, other.cell, 5000);
  // One layer only has fewer affected cells than the worst of all.
  const all = await app(page, (a) => a.gnss.most.length);
  await panel.getByLabel('Layer').selectOption('low');
  await until(page, (a, n) => a.gnss.cells.every((c) => c.band === 'low') && a.gnss.most.length < n, all, 5000);
  await until(page, (a) => a.view.map.queryRenderedFeatures({ layers: ['gnss-none'] }).length > 0, null, 20_000);
  await panel.getByLabel('Layer').selectOption('worst');
  // Before it began nothing is affected; nothing of now is left standing.
  await app(page, (a) => a.time.lookAt(a.time.from + 240_000, true));
  await until(page, (a) => a.gnss.answer !== null && Math.abs(Date.parse(a.gnss.answer.time) - a.pictureMs) < 2000 && a.gnss.most.length === 0, null, 15_000);
  await app(page, (a) => a.time.returnToLive());
  await until(page, (a) => a.gnss.most.length > 0, null, 15_000);
  await app(page, (a) => a.showIncident('inc-g', false));
  await detail.getByRole('button', { name: 'Draw its history' }).click();
  await detail.getByRole('img', { name: /Hexagons where more than 10 % lack it/ }).waitFor({ timeout: 30_000 });
  assert.match(await detail.locator('figure').first().innerText(), /at most [1-9]/);
  await page.keyboard.press('g');
  await panel.waitFor({ state: 'detached', timeout: 5000 });
  await page.waitForTimeout(300);
  assert.equal(await app(page, (a) => a.view.map.queryRenderedFeatures({ layers: ['gnss-fill', 'gnss-none', 'gnss-source-90'] }).length), 0, 'the layer goes away');
  await page.keyboard.press('c');
}

async function mockOnly(browser) {
  const mock = await startMock({ port: 0, start: 31 });
  const page = await openPage(browser, mock.url, { ...SMALL, settings: { operator: 'E. Tester' } });
  await settled(page);
  await step('where a track may have come from is a region that goes with its panel', () => originShown(page));
  await step('where aircraft lack satellite navigation is drawn, told, and followed in time', () => gnssShown(page));
  await step('a stale picture says so and stands still', async () => {
    mock.stopFrames(true);
    await page.getByText('Stale picture').waitFor({ timeout: 8000 });
    const before = await drawn(page);
    await page.waitForTimeout(600);
    assert.deepEqual(await drawn(page), before);
    mock.stopFrames(false);
    await page.getByText('Stale picture').waitFor({ state: 'detached', timeout: 8000 });
  });
  await step('a lost graphics context comes back with its tracks', async () => {
    await page.evaluate(() => { const gl = window.skypicket.view.map.getCanvas().getContext('webgl2'); const x = gl.getExtension('WEBGL_lose_context'); x.loseContext(); setTimeout(() => x.restoreContext(), 300); });
    await page.getByText('being drawn anew').waitFor({ timeout: 5000 });
    await page.getByText('being drawn anew').waitFor({ state: 'detached', timeout: 20_000 });
    assert.equal(await app(page, (a) => Boolean(a.view.map.getLayer('tracks'))), true);
    await pixels(page);
  });
  await step('a lost server says so, and a returned one is found', async () => {
    const port = Number(new URL(mock.url).port);
    await mock.close();
    await page.getByText('No connection to the server').waitFor({ timeout: 8000 });
    page.faults.length = 0;
    const again = await startMock({ port, start: 33 });
    await page.getByText('No connection to the server').waitFor({ state: 'detached', timeout: 20_000 });
    page.faults.length = 0;
    const t = await app(page, (a) => a.store.frameTimeMs);
    await until(page, (a, ms) => a.store.frameTimeMs > ms, t, 8000);
    await moves(page);
    clean(page);
    await page.context().close();
    await again.close();
  });
  await step('nothing held: the page explains itself', async () => {
    const none = await startMock({ port: 0, empty: true });
    const p = await openPage(browser, none.url, SMALL);
    await settled(p, { tracks: false });
    await p.getByText('No object held').waitFor({ timeout: 8000 });
    await p.getByText('No incident').waitFor({ timeout: 8000 });
    clean(p);
    await p.context().close();
    await none.close();
  });
  await step('what an entry rests on, what holds it back and where it may have come in are told; groups and incidents lead to each other', async () => {
    const told = await startMock({ port: 0, start: 31 });
    const p = await openPage(browser, told.url, SMALL);
    await settled(p);
    const list = p.locator('#tabpanel');
    assert.match(await list.innerText(), /not acknowledged · high \(\d+\)/i, 'what waits stands under its severity');
    await p.locator('[data-incident-row="inc-c"]').or(p.locator('[data-incident-row="inc-a"]')).first().waitFor({ timeout: 10_000 });
    await p.locator('[data-incident-row="inc-a"]').click();
    const panel = p.locator('aside.detail');
    await panel.locator('summary', { hasText: 'T12' }).click();
    await panel.getByText('came in at one of two places 10.1 km apart').waitFor({ timeout: 5000 });
    assert.equal(await panel.locator('dt', { hasText: /^(Either|or) at$/ }).count(), 2);
    await panel.locator('summary', { hasText: 'T11' }).click();
    assert.match(await panel.innerText(), /Held at \w+ by\s+one source/);
    await panel.getByRole('button', { name: /^Group G1: 2.objects, 2 of its 2.tracks here$/ }).click();
    const group = p.locator('[data-group="1"]');
    await group.getByText('class of most: large drone').waitFor({ timeout: 5000 });
    await group.getByRole('button', { name: /^Incident #1: 4.tracks, 2 of them in this group$/ }).click();
    await until(p, (a) => a.openIncident === 'inc-a', null, 5000);
    await p.evaluate(() => window.skypicket.showTrack(17));
    await panel.getByText('this entry rests on that report alone').waitFor({ timeout: 10_000 });
    clean(p);
    await p.context().close();
    await told.close();
  });
  await step('an empty view says that others are held elsewhere', async () => {
    const far = await startMock({ port: 0, start: 1, inView: true });
    const p = await openPage(browser, far.url, SMALL);
    await settled(p);
    await p.evaluate(() => window.skypicket.view.map.jumpTo({ center: [-40, 30], zoom: 7 }));
    await p.getByText('No object held in this part of the map').waitFor({ timeout: 10_000 });
    assert.match(await p.locator('.none').innerText(), /\d+.tracks elsewhere/);
    await p.getByRole('button', { name: /^Show the watched airspace \(H\)$/ }).click();
    await until(p, (a) => a.trackCount > 0, null, 10_000);
    await p.getByRole('button', { name: 'Legend' }).click();
    for (const sign of ['border of a watched airspace', 'a sensor that is silent or faulty', 'reported: a wreck', 'where an object came in']) assert.ok(await p.locator('.legend').getByText(sign).isVisible(), sign);
    clean(p);
    await p.context().close();
    await far.close();
  });
  await step('a phone shows the list first', async () => {
    const night2 = await startMock({ port: 0, start: 31 });
    const p = await openPage(browser, night2.url, { width: 390, height: 844, touch: true, settings: { operator: 'E. Tester' } });
    await settled(p);
    assert.ok(await p.locator('[data-incident-row]').first().isVisible());
    await p.locator('[data-incident-row]').first().click();
    assert.ok(await p.locator('aside.detail h2').isVisible());
    await p.getByRole('button', { name: 'Map', exact: true }).click();
    assert.equal(await p.locator('[data-incident-row]').first().isVisible(), false);
    assert.ok(await p.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
    clean(p);
    await p.context().close();
    await night2.close();
  });
  await step('an alarm sounds once, after the sound was switched on, and again when its incident begins again', async () => {
    const early = await startMock({ port: 0, start: 31 });
    const p = await openPage(browser, early.url, { ...SMALL, settings: { operator: 'E. Tester' } });
    await settled(p);
    await p.evaluate(() => { const make = AudioContext.prototype.createOscillator; window.tones = 0; AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); }; });
    const tones = () => p.evaluate(() => window.tones);
    await until(p, (a) => a.announce.startsWith('Alarm'), null, 20_000);
    assert.match(await p.locator('[role=alert]').innerText(), /Alarm/);
    assert.equal(await tones(), 0, 'silent before the click');
    await p.getByRole('button', { name: 'Sound off' }).click();
    await p.getByRole('button', { name: 'Sound on' }).waitFor({ timeout: 5000 });
    assert.equal(await tones(), 3, 'what waited sounds once, all of it together');
    await p.waitForTimeout(2500);
    assert.equal(await tones(), 3, 'and not again');
    // Switched off, an alarm of another beginning waits until the sound is on again.
    await p.getByRole('button', { name: 'Sound on' }).click();
    await p.getByRole('button', { name: 'Sound off' }).waitFor({ timeout: 5000 });
    for (const what of ['close', 'reopen']) early.world.actions.push({ incident: 'inc-a', what, by: '', at_ms: early.now() + (what === 'reopen' ? 500 : 0), outcome: 'left' });
    await p.evaluate(() => (window.skypicket.announce = ''));
    await until(p, (a) => a.announce.startsWith('Alarm'), null, 20_000);
    assert.equal(await tones(), 3);
    await p.getByRole('button', { name: 'Sound off' }).click();
    await until(p, () => window.tones === 6, null, 10_000);
    clean(p);
    await p.context().close();
    await early.close();
  });
  await step('what the server refuses is told to the operator', async () => {
    const two = await startMock({ port: 0, start: 31 });
    const p = await openPage(browser, two.url, { ...SMALL, settings: { operator: 'E. Tester' } });
    await settled(p);
    await p.locator('[data-incident-row="inc-e"]').click();
    const acknowledge = p.locator('aside.detail').getByRole('button', { name: 'Acknowledge' });
    await acknowledge.waitFor({ timeout: 5000 });
    // Somebody else was faster; this page does not know it yet.
    await p.evaluate(() => fetch('api/v1/incidents/inc-e/acknowledge', { method: 'POST', body: JSON.stringify({ operator: 'A. Nother' }) }));
    await p.evaluate(() => void window.skypicket.desk.act({ incident: { id: 'inc-e' }, what: 'acknowledge' }));
    await p.getByText('Not done: the incident was acknowledged already').waitFor({ timeout: 5000 });
    p.faults.length = 0;
    await p.context().close();
    await two.close();
  });
  await step('a moment before the bar is asked for by its date', async () => {
    const long = await startMock({ port: 0, start: 31, kept_s: 300, archive: true });
    const p = await openPage(browser, long.url, SMALL);
    await settled(p);
    await p.getByRole('button', { name: 'Earlier…' }).click();
    const wanted = await app(p, (a) => Math.floor((a.time.archiveFrom + 600_000) / 60_000) * 60_000);
    await p.getByLabel('Moment, UTC').fill(new Date(wanted).toISOString().slice(0, 16));
    await p.getByRole('dialog').getByRole('button', { name: 'Show' }).click();
    await until(p, (a, ms) => a.time.past && Math.abs(a.store.frameTimeMs - ms) < 5000 && a.time.from < ms && a.time.until > ms, wanted, 10_000);
    await p.getByText('as known at').waitFor({ timeout: 5000 });
    await p.getByRole('button', { name: /^Return to/ }).click();
    await until(p, (a, ms) => !a.time.past && a.store.frameTimeMs > ms + 600_000, wanted, 10_000);
    clean(p);
    await p.context().close();
    await long.close();
  });
  await step('a moment that is not kept is said to be so', async () => {
    const short = await startMock({ port: 0, start: 31, kept_s: 600 });
    const p = await openPage(browser, short.url, SMALL);
    await settled(p);
    // The page itself asks only for what is kept; what is kept moves on while somebody looks.
    await p.evaluate(() => { const t = window.skypicket.time; t.lookAt(t.from, true); });
    await p.getByText('Not the moment asked for').waitFor({ timeout: 20_000 });
    await p.getByText('kept from').waitFor({ timeout: 5000 });
    await p.getByRole('button', { name: /^Return to/ }).click();
    await until(p, (a) => !a.time.past, null, 5000);
    await p.getByText('Not the moment asked for').waitFor({ state: 'detached', timeout: 5000 });
    assert.deepEqual(p.foreign, []);
    await p.context().close();
    await short.close();
  });
}

async function withoutWebgl() {
  const mock = await startMock({ port: 0, start: 31 });
  const browser = await openBrowser({ webgl: false });
  try {
    await step('without WebGL2 the lists still work', async () => {
      const page = await openPage(browser, mock.url, { ...SMALL, settings: { operator: 'E. Tester' } });
      await page.getByText('This browser cannot draw the map').waitFor({ timeout: 15_000 });
      const open = page.locator('[data-incident-row="inc-e"]');
      await open.click();
      await page.locator('aside.detail').getByRole('button', { name: 'Acknowledge' }).click();
      await until(page, (a) => a.incidents.find((i) => i.id === 'inc-e')?.state === 'acknowledged', null, 10_000);
      assert.deepEqual(page.foreign, []);
    });
  } finally {
    await browser.close();
    await mock.close();
  }
}

const browser = await openBrowser();
let failed = false;
try {
  if (real) await night(browser, real);
  else {
    const mock = await startMock({ port: 0, start: 6 });
    await night(browser, mock.url);
    await mock.close();
    await mockOnly(browser);
    await withoutWebgl();
  }
  process.stdout.write(`${steps.length} steps ok\n`);
} catch {
  failed = true;
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
