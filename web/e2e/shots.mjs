// Screenshots for people to look at: node e2e/shots.mjs [name …]. They go to web/shots.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startMock } from '../mock/server.mjs';
import { openBrowser, openPage, settled } from './browser.mjs';

const folder = fileURLToPath(new URL('../shots/', import.meta.url));
mkdirSync(folder, { recursive: true });
const wanted = process.argv.slice(2);
const phone = { width: 390, height: 844, scale: 2, touch: true };

/** Five claims, four of them confirmed, one with its words open. */
async function claims(page) {
  await page.evaluate(async () => {
    const post = (path, body) => fetch(new URL(`api/v1/${path}`, document.baseURI), { method: 'POST', body: JSON.stringify(body) }).then((r) => r.json());
    const { proposals } = await post('claims/propose', { text: 'x', source: 'A Paper' });
    for (const [n, p] of proposals.entries()) await post('claims', { operator: 'A. Nowak', confirmed: n !== 4, claim: p.claim });
    window.skypicket.setTab('claims');
  });
  await page.waitForTimeout(900);
  await page.locator('#tabpanel [data-claim="1"] summary').click();
}

const SHOTS = {
  'desktop-dark': {},
  'desktop-light': { settings: { theme: 'light' } },
  'desktop-contrast': { settings: { theme: 'contrast' } },
  empty: { mock: { empty: true }, tracks: false },
  'tracks-20000': { mock: { tracks: 20_000 }, zoom: [14, 51, 4.3] },
  'track-panel': { act: (page) => page.evaluate(() => window.skypicket.showTrack(13)), wait: 2500 },
  'civil-panel': { act: (page) => page.evaluate(() => window.skypicket.showTrack(105)), wait: 2500 },
  'incident-open': { act: (page) => page.locator('[data-incident-row="inc-a"]').click(), wait: 2500 },
  'incident-light': { settings: { theme: 'light' }, act: async (page) => { await page.locator('[data-incident-row="inc-a"]').click(); await page.getByRole('button', { name: 'Close…' }).click(); }, wait: 2500 },
  entries: { act: (page) => page.evaluate(() => window.skypicket.setTab('entries')), wait: 1500 },
  sensors: { act: async (page) => { await page.evaluate(() => window.skypicket.setTab('sensors')); await page.locator('summary').nth(2).click(); } },
  counts: { act: (page) => page.evaluate(() => window.skypicket.setTab('counts')), wait: 1500 },
  reports: { act: async (page) => { await page.evaluate(() => window.skypicket.setTab('reports')); await page.getByRole('button', { name: 'File a report…' }).click(); await page.getByLabel('What it was').selectOption('drone'); await page.getByRole('button', { name: 'Take the middle of the map' }).click(); await page.getByLabel('Source', { exact: true }).fill('the fire service'); await page.getByRole('button', { name: 'File the report' }).click(); await page.waitForTimeout(600); await page.locator('[data-report] summary').click(); }, wait: 1200 },
  past: { act: (page) => page.evaluate(() => window.skypicket.time.lookAt(window.skypicket.time.until - 300_000)), wait: 1500 },
  close: { zoom: [22.6, 51.6, 8.4], act: (page) => page.evaluate(() => window.skypicket.change('allTrails', true)), wait: 2500 },
  closer: { zoom: [20.97, 52.17, 9.8], wait: 3000 },
  ellipse: { mock: { start: 25.6 }, wait: 1500, act: async (page) => { await page.evaluate(() => { const a = window.skypicket; a.select(14); }); await page.waitForTimeout(600); await page.evaluate(() => { const a = window.skypicket; a.view.map.jumpTo({ center: a.view.layer.lonLat(a.store.slotOf.get(14)), zoom: 11.2 }); }); } },
  trails: { mock: { start: 20, speed: 30 }, settings: { allTrails: true }, wait: 16_000, act: async () => undefined },
  symbols: { scale: 2, width: 720, height: 450, zoom: [23.2, 51.9, 7.4], wait: 2000 },
  tablet: { width: 1000, height: 700, act: (page) => page.evaluate(() => window.skypicket.showTrack(13)), wait: 2500 },
  'past-phone': { ...phone, act: async (page) => { await page.evaluate(() => window.skypicket.time.lookAt(window.skypicket.time.until - 300_000)); await page.getByRole('button', { name: 'Map', exact: true }).click(); }, wait: 2000 },
  earlier: { mock: { kept_s: 300, archive: true }, act: async (page) => { await page.getByRole('button', { name: 'Earlier…' }).click(); await page.getByLabel('Moment, UTC').fill(await page.evaluate(() => new Date(window.skypicket.time.archiveFrom + 600_000).toISOString().slice(0, 16))); } },
  claims: { act: claims, wait: 1500 },
  'claims-light': { settings: { theme: 'light' }, act: claims, wait: 1500 },
  'claims-add': { act: async (page) => { await page.evaluate(() => { const a = window.skypicket; a.setTab('claims'); a.claimsOpen = true; }); await page.getByLabel(/^Text/).fill('a text'); await page.getByLabel('Where it was printed').fill('A Paper'); await page.getByRole('button', { name: 'Propose' }).click(); }, wait: 1200 },
  'claims-incident': { act: async (page) => { await claims(page); await page.locator('#tab-incidents').click(); await page.locator('[data-incident-row="inc-a"]').click(); await page.waitForTimeout(1200); await page.evaluate(() => document.querySelector('.claims')?.scrollIntoView()); }, wait: 1500 },
  'claims-phone': { ...phone, act: claims, wait: 1500 },
  'claims-phone-light': { ...phone, settings: { theme: 'light' }, act: claims, wait: 1500 },
  coverage: { act: async (page) => { await page.keyboard.press('o'); await page.waitForTimeout(1200); await page.evaluate(() => window.skypicket.coverage.setHeight(150)); }, wait: 2500 },
  'coverage-light': { settings: { theme: 'light' }, act: (page) => page.keyboard.press('o'), wait: 2500 },
  gnss: { act: async (page) => { await page.locator('[data-incident-row="inc-g"]').click(); await page.getByRole('button', { name: 'Show the cells' }).click(); await page.waitForTimeout(2500); await page.locator('[data-gnss-row]').nth(1).click(); await page.getByRole('button', { name: 'Draw its history' }).click(); }, wait: 3500 },
  'gnss-light': { settings: { theme: 'light' }, act: async (page) => { await page.keyboard.press('g'); await page.evaluate(() => window.skypicket.view.map.jumpTo({ center: [20.6, 54.2], zoom: 6 })); await page.waitForTimeout(1500); await page.mouse.move(720, 420); }, wait: 2500 },
  'gnss-contrast': { settings: { theme: 'contrast' }, act: async (page) => { await page.keyboard.press('g'); await page.evaluate(() => window.skypicket.view.map.jumpTo({ center: [20.6, 54.2], zoom: 6 })); }, wait: 3000 },
  'gnss-phone': { ...phone, act: async (page) => { await page.locator('[data-incident-row="inc-g"]').click(); await page.getByRole('button', { name: 'Show the cells' }).click(); }, wait: 3500 },
  'gnss-phone-light': { ...phone, settings: { theme: 'light' }, act: async (page) => { await page.locator('[data-incident-row="inc-g"]').click(); await page.getByRole('button', { name: 'Draw its history' }).click(); }, wait: 3500 },
  origin: { act: async (page) => { await page.locator('[data-incident-row="inc-a"]').click(); await page.getByRole('button', { name: 'Show the region' }).first().click(); }, wait: 3000 },
  legend: { act: (page) => page.getByRole('button', { name: 'Legend' }).click() },
  help: { act: (page) => page.keyboard.press('?') },
  settings: { act: (page) => page.getByRole('button', { name: 'Settings' }).click() },
  operator: { settings: { operator: '' }, act: (page) => page.locator('.alarm .primary').click() },
  search: { act: (page) => page.locator('#search').pressSequentially('LOT', { delay: 30 }), wait: 800 },
  'phone-list': { ...phone },
  'phone-map': { ...phone, act: (page) => page.getByRole('button', { name: 'Map', exact: true }).click(), wait: 2500 },
  'phone-incident': { ...phone, act: (page) => page.locator('[data-incident-row="inc-a"]').click(), wait: 1500 },
  'phone-light': { ...phone, settings: { theme: 'light' } },
  'no-webgl': { webgl: false, plain: true },
  stale: { act: async (page, mock) => { mock.stopFrames(true); }, wait: 5000 },
  lost: { act: (_page, mock) => mock.close(), wait: 3000 },
  print: { act: async (page) => { await page.locator('[data-incident-row="inc-a"]').click(); await page.emulateMedia({ media: 'print' }); }, wait: 1000, fullPage: true },
};

for (const [name, shot] of Object.entries(SHOTS)) {
  if (wanted.length && !wanted.includes(name)) continue;
  const mock = await startMock({ port: 0, start: 31, ...shot.mock });
  const browser = await openBrowser({ webgl: shot.webgl !== false });
  try {
    const page = await openPage(browser, mock.url, { ...shot, settings: { operator: 'A. Nowak', ...shot.settings } });
    if (shot.plain) await page.waitForTimeout(2500);
    else await settled(page, { tracks: shot.tracks !== false, timeout: 120_000 });
    if (shot.zoom) await page.evaluate(([lng, lat, zoom]) => window.skypicket.view.map.jumpTo({ center: [lng, lat], zoom }), shot.zoom);
    await page.waitForTimeout(1800);
    await shot.act?.(page, mock);
    await page.waitForTimeout(shot.wait ?? 700);
    await page.screenshot({ path: `${folder}${name}.png`, fullPage: shot.fullPage ?? false });
    process.stdout.write(`${name}${page.faults.length ? `  FAULTS ${page.faults.join(' | ').slice(0, 600)}` : ''}${page.foreign.length ? `  FOREIGN ${page.foreign}` : ''}\n`);
  } catch (fault) {
    process.stdout.write(`${name}  FAILED ${String(fault).slice(0, 400)}\n`);
  } finally {
    await browser.close();
    await mock.close().catch(() => undefined);
  }
}
