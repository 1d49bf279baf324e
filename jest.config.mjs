const base = {
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
	moduleFileExtensions: ['ts', 'js', 'json'],
	// Copies of this package, as built and as installed in the sandbox's n8n.
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.sandbox/'],
};
const files = (displayName, ...testMatch) => ({ ...base, displayName, testMatch });
const project = (displayName, ...folders) =>
	files(displayName, ...folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`));

/** They fill the machine, or time counts in them: nothing else may run beside them. */
const alone = {
	e2e: ['killN8n', 'outages'],
	peers: ['killBroker', 'scale', 'firstWorkflow', 'restForm'],
};
const beside = (folder) => ({
	...project(folder, folder),
	testPathIgnorePatterns: ['/node_modules/', ...alone[folder].map((name) => `/${name}\\.test\\.ts$`)],
});
const byThemselves = (folder) =>
	files(`${folder}-alone`, ...alone[folder].map((name) => `<rootDir>/test/${folder}/**/${name}.test.ts`));

export default {
	// A loaded machine is slow, not wrong.
	testTimeout: 30_000,
	// A test that failed half-way may leave a server open; the run ends all the same.
	forceExit: true,
	projects: [
		project('unit', 'core', 'connectors', 'nodes', 'docs'),
		project('conformance', 'conformance'),
		beside('e2e'),
		byThemselves('e2e'),
		beside('peers'),
		byThemselves('peers'),
	],
};
