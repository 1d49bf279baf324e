import { type HostOptions, N8nHost } from './host';

/** Long enough for a boot on a slow machine; a test that hangs still ends. */
const timeoutMs = 240_000;

/**
 * One n8n for all tests of the calling file, started before the first and removed after the last. The function that it
 * returns gives the n8n to a test or hook.
 */
export function withN8n(options: HostOptions = {}): () => N8nHost {
	jest.setTimeout(timeoutMs);
	let host: N8nHost | undefined;
	beforeAll(async () => {
		host = await N8nHost.start(options);
	});
	afterAll(async () => {
		await host?.close();
	});
	return () => {
		if (!host)
			throw new Error('n8n is there from the first beforeAll on, not while the test file is being read.');
		return host;
	};
}
