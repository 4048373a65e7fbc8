import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import lwc from '@lwc/rollup-plugin';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup, type Plugin } from 'rollup';

const ROOT = join(import.meta.dirname, '../..');
const STAND_INS = join(import.meta.dirname, 'stand-ins');
const PAGE = join(STAND_INS, 'page.js');
/** The engine asks for it as it would on a server. */
const PRODUCTION = 'const process = { env: { NODE_ENV: "production" } };';

/** Modules that only the platform has, by the files that stand in for them. */
const PLATFORM_MODULES: Readonly<Record<string, string>> = {
  'lightning/flow': 'flow/flow.js',
  'lightning/graphql': 'graphql.js',
  'lightning/navigation': 'navigation.js',
  'lightning/platformShowToastEvent': 'show-toast-event.js',
  'lightning/refresh': 'refresh.js',
  'lightning/uiObjectInfoApi': 'ui-object-info-api.js',
  'lightning/uiRecordApi': 'ui-record-api.js',
};

/** A bundle of the package: the name that templates know it by, and its script. */
interface Bundle {
  readonly name: string;
  readonly path: string;
}

const readBundles = (): Bundle[] =>
  globSync('force-app/main/**/lwc/*/*.js-meta.xml', { cwd: ROOT }).map((file) => {
    const name = basename(file, '.js-meta.xml');
    return { name, path: join(ROOT, file, '..', `${name}.js`) };
  });

/** Modules that hold a name of the schema. */
function valueOf(module: string): string | undefined {
  const [, name] = /^@salesforce\/schema\/(.+)$/.exec(module) ?? [];
  if (name === undefined) return undefined;
  const [objectApiName, ...path] = name.split('.');
  return JSON.stringify({ objectApiName, ...(path.length > 0 && { fieldApiName: path.join('.') }) });
}

/** Resolves what the platform would: its own modules, values of the org, and the list of components. */
function platform(components: readonly Bundle[]): Plugin {
  const list = components.map(({ name, path }) => `import ${name} from ${JSON.stringify(path)};`);
  const all = `${list.join('\n')}\nexport default { ${components.map(({ name }) => name).join(', ')} };`;
  return {
    name: 'platform',
    resolveId(module) {
      const standIn = PLATFORM_MODULES[module];
      if (standIn !== undefined) return join(STAND_INS, standIn);
      return module === 'page/components' || valueOf(module) !== undefined ? `\0${module}` : undefined;
    },
    load(id) {
      if (id === '\0page/components') return all;
      const value = id.startsWith('\0') ? valueOf(id.slice(1)) : undefined;
      return value && `export default ${value};`;
    },
    resolveImportMeta: (property) => (property === 'env' ? '({ SSR: false })' : undefined),
  };
}

/**
 * One script with the named components, the base components, the shadow DOM of the platform and stand-ins for what only
 * an org has. Takes about ten seconds. Throws when a component does not compile.
 */
export async function bundlePage(components: readonly string[]): Promise<string> {
  const bundles = readBundles();
  const shown = bundles.filter(({ name }) => components.includes(name));
  const build = await rollup({
    input: PAGE,
    onwarn: () => {},
    plugins: [
      platform(shown),
      lwc({
        rootDir: ROOT,
        disableSyntheticShadowSupport: false,
        modules: [
          ...bundles.map(({ name, path }) => ({ name: `c/${name}`, path })),
          { name: 'lightning/flow', path: join(STAND_INS, PLATFORM_MODULES['lightning/flow'] ?? '') },
          { npm: 'lightning-base-components' },
        ],
      }),
      nodeResolve({ rootDir: ROOT }),
    ],
  });
  const { output } = await build.generate({ format: 'iife', inlineDynamicImports: true, intro: PRODUCTION });
  await build.close();
  return output[0].code;
}
