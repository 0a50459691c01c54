// The only addresses the page ever links to.
const SAFE = /^(https?:\/\/|mailto:)/i;

export function safeUrl(url: string | undefined | null): string | null {
  if (!url || !SAFE.test(url)) return null;
  try {
    return new URL(url).href;
  } catch {
    return null;
  }
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

// Pictures come from this machine or are carried inside the address; nothing else is fetched.
export function safeImage(url: string | undefined | null): string | null {
  if (url && /^data:image\/(png|jpeg|gif|webp);base64,/i.test(url)) return url;
  const safe = safeUrl(url);
  return safe !== null && LOOPBACK.test(new URL(safe).hostname) ? safe : null;
}
