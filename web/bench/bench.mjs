// Main-thread cost with 20,000 tracks at 1 Hz, in headless Chromium with software WebGL2 and the mock server.
//   npm run build && npm run bench [-- --tracks 20000]
// Script time is what it measures. The frame rate of a real graphics processor cannot be measured here: pixels are drawn by the CPU,
// on cores that the page shares with it, so wall-clock frame rates would say nothing.
import { cpus, loadavg } from 'node:os';
import { startMock } from '../mock/server.mjs';
import { openBrowser, openPage, settled } from '../e2e/browser.mjs';

const at = process.argv.indexOf('--tracks');
const tracks = at < 0 ? 20_000 : Number(process.argv[at + 1]);
const UPDATES = 40;
const CLICKS = 10;

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
/** Wall times on a busy machine hold what other processes took: they are shown, and judged by their median. The CPU times decide. */
const row = (name, list, limit) => {
  const [p50, p95, max] = [quantile(list, 0.5), quantile(list, 0.95), Math.max(...list)].map((v) => v.toFixed(2).padStart(8));
  process.stdout.write(`${name.padEnd(44)} p50 ${p50}  p95 ${p95}  max ${max} ms  limit ${limit} ms  median ${quantile(list, 0.5) <= limit ? 'ok' : 'OVER'}\n`);
};

const mock = await startMock({ port: 0, tracks, start: 31 });
const browser = await openBrowser();
const page = await openPage(browser, mock.url, { width: 800, height: 500, settings: { operator: 'bench' } });
await settled(page, { timeout: 90_000 });
await page.waitForTimeout(3000);
process.stdout.write(`load of the machine ${loadavg()[0].toFixed(1)} on ${cpus().length} cores\n`);
process.stdout.write(`${await page.evaluate(() => `${window.skypicket.trackCount} tracks, ${navigator.userAgent.match(/Chrome\/[\d.]+/)?.[0]}, ${window.skypicket.view.map.getCanvas().getContext('webgl2').getParameter(7937)}`)}\n`);

const cdp = await page.context().newCDPSession(page);
await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
/** Script time of the page's main thread so far in ms, counted in CPU time: what other processes take from this machine is not in it. */
const scriptMs = async () => (await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'ScriptDuration').value * 1000;

// Each 1 Hz update: decoding, taking in, buffers, labels, trails.
const quietFrom = await scriptMs();
const quietBegan = Date.now();
const updates = await page.evaluate((n) => new Promise((done) => {
  const app = window.skypicket, list = [];
  let beat = app.beat;
  const timer = setInterval(() => {
    if (app.beat === beat) return;
    beat = app.beat;
    list.push(app.updateMs);
    if (list.length >= n) { clearInterval(timer); done(list); }
  }, 50);
}), UPDATES);
const quietRate = (await scriptMs() - quietFrom) / ((Date.now() - quietBegan) / 1000);
row('update of all tracks, wall time', updates, 20);
process.stdout.write(`all script of the page, CPU time a second: ${quietRate.toFixed(1)} ms (one update, about two frames, lists, clocks), limit 20 ms  ${quietRate <= 20 ? 'ok' : 'OVER'}\n`);

// Decoding alone.
const decode = await page.evaluate(async () => {
  const data = await new Promise((done) => { const s = new WebSocket(`${location.origin.replace('http', 'ws')}/api/v1/live`); s.binaryType = 'arraybuffer'; s.onmessage = (e) => { if (typeof e.data !== 'string') { done(e.data); s.close(); } }; });
  return data.byteLength;
});
process.stdout.write(`one snapshot is ${decode} bytes, ${(decode / tracks).toFixed(1)} a track\n`);

// Each drawn frame: our layer's script, and all script of the map library with it.
const busyFrom = await scriptMs();
const busyBegan = Date.now();
const frames = await page.evaluate(() => new Promise((done) => {
  const app = window.skypicket, map = app.view.map, own = [], all = [];
  const render = map._render.bind(map);
  map._render = (...rest) => { const began = performance.now(); const value = render(...rest); all.push(performance.now() - began); own.push(app.view.layer.renderMs); return value; };
  const timer = setInterval(() => map.triggerRepaint(), 60);
  setTimeout(() => { clearInterval(timer); delete map._render; done({ own, all }); }, 8000);
}));
const busyMs = await scriptMs() - busyFrom - quietRate * ((Date.now() - busyBegan) / 1000);
row(`track layer, wall time a frame (${frames.own.length} frames)`, frames.own, 4);
row('whole map, wall time a frame', frames.all, 4);
process.stdout.write(`script a frame, CPU time: ${(busyMs / frames.all.length).toFixed(2)} ms mean over ${frames.all.length} frames, limit 4 ms  ${busyMs / frames.all.length <= 4 ? 'ok' : 'OVER'}\n`);

// From the click to the panel in the document, and to the server's details in it.
const panel = [], details = [];
for (let i = 0; i < CLICKS; i++) {
  await page.evaluate(() => window.skypicket.clear());
  await page.waitForTimeout(500);
  const spot = await page.evaluate((k) => {
    const app = window.skypicket;
    const box = app.view.map.getCanvas().getBoundingClientRect();
    const list = [...app.store.slotOf.values()].map((s) => ({ s, p: app.view.map.project(app.view.layer.lonLat(s)) })).filter(({ p }) => p.x > 60 && p.y > 200 && p.x < box.width - 80 && p.y < box.height - 60);
    const { p } = list[(k * 37) % list.length];
    window.timing = new Promise((done) => {
      let clicked = 0, shown = 0;
      addEventListener('click', () => (clicked = performance.now()), { capture: true, once: true });
      const watch = new MutationObserver(() => {
        const aside = document.querySelector('aside.detail h2');
        if (aside && !shown) shown = performance.now();
        if (shown && app.detail) { watch.disconnect(); done([shown - clicked, performance.now() - clicked]); }
      });
      watch.observe(document.body, { subtree: true, childList: true, characterData: true });
      setTimeout(() => done(null), 5000);
    });
    return { x: box.x + p.x, y: box.y + p.y };
  }, i);
  await page.waitForTimeout(300);
  await page.mouse.click(spot.x, spot.y);
  const took = await page.evaluate(() => window.timing);
  if (took) { panel.push(took[0]); details.push(took[1]); }
}
row(`click to panel (${panel.length} of ${CLICKS} clicks)`, panel, 200);
process.stdout.write(`click to the server's details (the mock's own time in it): p50 ${quantile(details, 0.5).toFixed(0)} ms\n`);
process.stdout.write('frame rate of a real graphics processor: not measurable here\n');
await browser.close();
await mock.close();
