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
	projects: [
		project('unit', 'core', 'connectors', 'nodes'),
		project('conformance', 'conformance'),
		project('e2e', 'e2e'),
		project('peers', 'peers'),
	],
};
