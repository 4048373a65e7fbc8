import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { jestConfig } from '@salesforce/sfdx-lwc-jest/config.js';

/** The engine of the version that the templates are compiled for; the package of the tests brings an older one. */
const ENGINE = createRequire(createRequire(import.meta.url).resolve('lwc')).resolve('@lwc/engine-dom');

/** Tests of the Lightning web components, which stand beside each of them; `npm test` runs them. */
export default {
  ...jestConfig,
  roots: ['<rootDir>/force-app', '<rootDir>/test/components'],
  testMatch: ['<rootDir>/force-app/**/__tests__/**/*.test.js'],
  moduleNameMapper: {
    '^(lwc|@lwc/engine-dom)$': join(dirname(ENGINE), 'index.cjs'),
    '^lightning/(graphql|modal|confirm)$': '<rootDir>/test/components/stubs/$1.js',
    '^test/page$': '<rootDir>/test/components/page.js',
  },
};
