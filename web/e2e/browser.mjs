// Starts Chromium with software WebGL2, and watches what a page must not do: errors, requests beyond its own origin.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const MESA = ['--use-gl=angle', '--use-angle=gl-egl', '--ignore-gpu-blocklist'];

export async function openBrowser({ webgl = true } = {}) {
  if (!CHROMIUM) throw new Error('no Chromium found: apt-get install chromium libgl1-mesa-dri libegl1 libegl-mesa0 libgles2, or set CHROMIUM');
  const gl = !webgl ? ['--disable-gpu', '--disable-3d-apis'] : process.env.SWIFTSHADER ? ['--enable-unsafe-swiftshader'] : MESA;
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--autoplay-policy=user-gesture-required', ...gl] });
}

/** A page whose faults are gathered in `page.faults` and foreign requests in `page.foreign`. */
export async function openPage(browser, url, { width = 1440, height = 900, scale = 1, settings = {}, touch = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, hasTouch: touch, isMobile: touch, colorScheme: 'dark', timezoneId: 'Europe/Warsaw', locale: 'en-GB' });
  await context.addInitScript((kept) => localStorage.getItem('skypicket') || localStorage.setItem('skypicket', JSON.stringify(kept)), settings);
  const page = await context.newPage();
  const origin = new URL(url).origin;
  page.faults = [];
  page.foreign = [];
  // The browser reports each 404 as an error; that a track has gone meanwhile is none.
  const gone = (m) => /404/.test(m.text()) && /\/api\/v1\/tracks\//.test(m.location().url);
  page.on('console', (m) => m.type() === 'error' && !gone(m) && page.faults.push(m.text()));
  page.on('pageerror', (e) => page.faults.push(String(e.stack ?? e)));
  const own = (address) => address.startsWith(origin) || address.startsWith(origin.replace('http', 'ws')) || address.startsWith(`blob:${origin}`);
  page.on('request', (r) => own(r.url()) || page.foreign.push(r.url()));
  page.on('websocket', (w) => own(w.url()) || page.foreign.push(w.url()));
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return page;
}

/** Waits until the map has drawn and tracks (unless none are expected) are held. */
export async function settled(page, { tracks = true, timeout = 40_000 } = {}) {
  await page.waitForFunction((some) => window.skypicket?.view?.map.loaded() && window.skypicket.beat > 0 && (!some || window.skypicket.trackCount > 0), tracks, { timeout });
}
