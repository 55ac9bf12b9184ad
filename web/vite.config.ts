import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const server = process.env.SKYPICKET_URL ?? 'http://127.0.0.1:8471';

/** Writes a `.gz` beside every file that shrinks by it, so that the server never compresses. */
function precompress(): Plugin {
  let out = '';
  const walk = (dir: string): void => {
    for (const name of readdirSync(dir)) {
      const path = join(dir, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (['.js', '.mjs', '.css', '.html', '.json', '.svg', '.txt'].includes(extname(name))) {
        const raw = readFileSync(path);
        const small = gzipSync(raw, { level: 9 });
        if (small.length < raw.length * 0.95) writeFileSync(`${path}.gz`, small);
      }
    }
  };
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      out = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      walk(out);
    },
  };
}

/** The base map's files go into the build from the package, under names without hashes of their own. */
function landFiles(): Plugin {
  const names = ['land-110m.json', 'land-50m.json', 'land-10m.json'];
  const file = (name: string): string => join(here, 'node_modules/world-atlas', name);
  return {
    name: 'land-files',
    configureServer(dev) {
      dev.middlewares.use('/base', (request, response, next) => {
        const name = (request.url ?? '').slice(1).split('?')[0] ?? '';
        if (!names.includes(name)) return next();
        response.setHeader('content-type', 'application/json');
        response.end(readFileSync(file(name)));
      });
    },
    generateBundle() {
      for (const name of names) this.emitFile({ type: 'asset', fileName: `base/${name}`, source: readFileSync(file(name)) });
    },
  };
}

/** The licences of everything that is shipped in the build, as their texts ask. */
function licences(): Plugin {
  const packages = ['maplibre-gl', 'milsymbol', 'svelte', 'topojson-client', 'world-atlas', '@fontsource/noto-sans'];
  return {
    name: 'licences',
    apply: 'build',
    generateBundle() {
      const parts = packages.map((name) => {
        const folder = join(here, 'node_modules', name);
        const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
        const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
        if (!file) throw new Error(`${name}: no licence file`);
        const text = readFileSync(join(folder, file), 'utf8').replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
        return `<h2>${name} ${version}</h2>\n<pre>${text}</pre>`;
      });
      const notes = '<p>Base map: Natural Earth, public domain (naturalearthdata.com), by world-atlas.</p>';
      this.emitFile({ type: 'asset', fileName: 'licences.html', source: `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Licences in Skypicket's map</title>\n<h1>Licences of what the map is made of</h1>\n${notes}\n${parts.join('\n')}\n</html>\n` });
    },
  };
}

export default defineConfig({
  root: here,
  base: './',
  plugins: [svelte(), landFiles(), licences(), precompress()],
  resolve: {
    alias: {
      // The package's default entry carries every symbol set (861 KB); we need the air set only.
      'milsymbol-parts': join(here, 'node_modules/milsymbol/index.mjs'),
    },
  },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['maplibre-gl'] },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1400,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'maplibre', test: /maplibre-gl/ }, { name: 'milsymbol', test: /milsymbol/ }] } },
    },
  },
  server: { proxy: { '/api': { target: server, ws: true }, '/health': server } },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
