import react from '@vitejs/plugin-react';
import mantine from 'postcss-preset-mantine';
import { defineConfig } from 'vite';

/** `CRYOEM_API` names a running service for `npx vite web` in development. */
const api = process.env.CRYOEM_API ?? 'http://127.0.0.1:8112';

export default defineConfig({
  plugins: [react()],
  css: { postcss: { plugins: [mantine()] } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    assetsInlineLimit: 0,
    // Vite warns about files that are larger than this (kB, before compression).
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/api': api, '/login': api } },
});
