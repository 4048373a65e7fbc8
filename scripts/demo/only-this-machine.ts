// Everything in the story is on this machine, and jsforce takes a proxy from the environment when it is loaded: this
// module has to be imported before it.
for (const name of ['http_proxy', 'https_proxy']) {
  delete process.env[name];
  delete process.env[name.toUpperCase()];
}
