const HTTP_PORT = 80;

/** True when a Host field (RFC 9110, 7.2) names this machine by itself, with the port that the server listens on. */
export function isAtThisMachine(host: string | undefined, port: number): boolean {
  const names = ['localhost', '127.0.0.1', '[::1]'];
  const hosts = names.flatMap((name) => (port === HTTP_PORT ? [name, `${name}:${port}`] : [`${name}:${port}`]));
  return host !== undefined && hosts.includes(host.toLowerCase());
}
