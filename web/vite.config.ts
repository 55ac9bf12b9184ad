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

export default defineConfig({
  root: here,
  base: './',
  plugins: [svelte(), precompress(), landFiles()],
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
