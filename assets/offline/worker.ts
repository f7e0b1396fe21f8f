/* What a browser must be able to do for the pages to open without the network: HTTPS (or this very computer). */
export const canKeep = window.isSecureContext && 'serviceWorker' in navigator && 'caches' in window;

/** To be called once. Everything works without it; a browser may refuse for reasons of its own. */
export function startWorker(): void {
  if (canKeep) navigator.serviceWorker.register('/sw.js').catch(() => undefined);
}
