const base = {
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
	moduleFileExtensions: ['ts', 'js', 'json'],
	// Copies of this package, as built and as installed in the sandbox's n8n.
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.sandbox/'],
};
const project = (displayName, ...folders) => ({
	...base,
	displayName,
	testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
});
export default {
	// A loaded machine is slow, not wrong.
	testTimeout: 30_000,
	// A test that failed half-way may leave a server open; the run ends all the same.
	forceExit: true,
	projects: [
		project('unit', 'core', 'connectors', 'nodes'),
		project('conformance', 'conformance'),
		project('e2e', 'e2e'),
		project('peers', 'peers'),
	],
};
