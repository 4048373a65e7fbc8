import { stopServers } from './server-process.ts';

/** Mocha calls this once, after the last test of the run. */
export const mochaGlobalTeardown = stopServers;
