import { spawn } from 'node:child_process';
import process from 'node:process';

/** The program of each platform that shows a web address; elsewhere the one of freedesktop.org. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Shows a web address in the person's browser, where there is one; where there is none, nothing happens. */
export function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  // Without a shell: the address is an argument and cannot be taken for commands.
  const browser = spawn(program!, [...args, url], { stdio: 'ignore', detached: true });
  browser.on('error', () => undefined);
  browser.unref();
}
