import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/node_modules/**', '**/lib/**', 'coverage/**', 'reports/**', '.sf/**', '.sfdx/**'] },
  js.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', setInterval: 'readonly', clearInterval: 'readonly' } },
  },
  {
    // Lightning web components and what stands in for the platform on a page of theirs: decorators, run in a browser.
    files: ['force-app/**/lwc/**/*.js', 'scripts/components/stand-ins/**/*.js'],
    languageOptions: {
      parser: tseslint.parser,
      globals: { document: 'readonly', CustomEvent: 'readonly' },
    },
  },
  {
    files: ['force-app/**/__tests__/**/*.js', 'test/components/**/*.js'],
    languageOptions: {
      parser: tseslint.parser,
      globals: {
        CustomEvent: 'readonly',
        MouseEvent: 'readonly',
        afterEach: 'readonly',
        beforeEach: 'readonly',
        describe: 'readonly',
        document: 'readonly',
        expect: 'readonly',
        it: 'readonly',
        jest: 'readonly',
        process: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: 'error',
      'max-lines-per-function': ['error', { max: 90, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['test/**/*.ts'],
    // A suite is one callback of describe(), and chai's assertions are expressions.
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
);
