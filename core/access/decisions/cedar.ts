import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';

type Cedar = typeof CedarWasm;

const cedarModule = '@cedar-policy/cedar-wasm/nodejs';

let loaded: { cedar: Cedar; generation: number } | undefined;
let generations = 0;

/** Cedar ran out of its stack or memory. Nothing was decided; the module was thrown away and the next call gets a new one. */
export class CedarFailedError extends Error {
	override readonly name = 'CedarFailedError';
}

/**
 * Cedar itself, compiled to WebAssembly: 4 MB that are loaded when first needed. `generation` changes when the module was
 * replaced: what it had parsed is gone.
 */
export function useCedar<T>(use: (cedar: Cedar, generation: number) => T): T {
	const { cedar, generation } = (loaded ??= load());
	try {
		return use(cedar, generation);
	} catch (error) {
		if (!(error instanceof Error && ['RuntimeError', 'RangeError'].includes(error.name))) throw error;
		// After a trap the module's memory is not to be trusted: every later call fails or, worse, does not.
		loaded = undefined;
		throw new CedarFailedError('The policies or the request are nested too deeply for Cedar.', {
			cause: error,
		});
	}
}

function load() {
	delete require.cache[require.resolve(cedarModule)];
	generations += 1;
	// `import` would make every decision asynchronous for the sake of the first.
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	return { cedar: require(cedarModule) as Cedar, generation: generations };
}
