import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';

const outsidePackage = ['./sandbox', './test', './bench', './scripts'];

/** Imports point one way: nodes -> connectors -> core/ports and core/model; nodes -> core; core -> nothing of ours outside core. */
const importDirections = [
	{
		target: './core',
		from: ['./connectors', './nodes', './credentials', ...outsidePackage],
		message: 'core/ is the business itself: it imports nothing of ours outside core/.',
	},
	{
		target: './connectors',
		from: ['./nodes', './credentials', ...outsidePackage],
		message: 'A connector knows core/ports and core/model only.',
	},
	{
		target: './connectors',
		from: './core',
		except: ['./ports', './model'],
		message: 'A connector knows core/ports and core/model only.',
	},
	{
		target: ['./nodes', './credentials'],
		from: outsidePackage,
		message: 'What is packed cannot import what is not packed.',
	},
];

export default [
	{ ignores: ['dist/', 'node_modules/', 'coverage/', '.sandbox/', 'workflows/'] },
	...configWithoutCloudSupport,
	{
		files: ['**/*.ts'],
		rules: {
			'import-x/no-restricted-paths': ['error', { zones: importDirections }],
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
			// Topics and keys are searched for control characters on purpose.
			'no-control-regex': 'off',
			// The compiler finds unresolved modules, names and exports itself, in a fraction of the time.
			'import-x/no-unresolved': 'off',
			'import-x/named': 'off',
			'import-x/namespace': 'off',
			'import-x/default': 'off',
			'import-x/export': 'off',
			'import-x/no-named-as-default': 'off',
			'import-x/no-named-as-default-member': 'off',
			// For packages reviewed for n8n Cloud, where a node may bring no library. This one speaks MQTT and PostgreSQL and is for self-hosted n8n.
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
			// Below the nodes, errors are those of core/ports; nodes/shared/failures.ts turns each into a NodeOperationError where n8n sees it.
			'@n8n/community-nodes/require-node-api-error': 'off',
		},
	},
	{
		files: ['package.json'],
		rules: {
			// The reason is above.
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
			// It has no public home yet.
			'@n8n/community-nodes/require-homepage': 'off',
		},
	},
	{
		files: ['core/**/*.ts', 'connectors/**/*.ts'],
		rules: {
			'no-restricted-imports': [
				'error',
				{
					patterns: [
						{ group: ['n8n-workflow', 'n8n-core'], message: 'Only nodes/ and credentials/ know n8n.' },
					],
				},
			],
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			// It stops with a TypeError at credentials that a node takes from another file; the end-to-end test sees whether n8n knows them.
			'n8n-nodes-base/node-class-description-credentials-name-unsuffixed': 'off',
		},
	},
	{
		files: ['nodes/EventBus/EventBus.node.ts', 'nodes/EventBusTrigger/EventBusTrigger.node.ts'],
		// `mqtt` is n8n's own credential type, and credential type names are global: a second one for the same broker would confuse.
		rules: {
			'@n8n/community-nodes/no-credential-reuse': 'off',
			'@n8n/community-nodes/valid-credential-references': 'off',
		},
	},
	{
		files: ['nodes/EventBus/actions/deadLetter/*.ts'],
		// The position comes from the item that "Get Many" gave: an expression is the right default.
		rules: { 'n8n-nodes-base/node-param-default-wrong-for-number': 'off' },
	},
	{
		// These run outside n8n: they print, read the environment and start processes, which a node may not.
		files: ['sandbox/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
		rules: {
			'no-console': 'off',
			'@n8n/community-nodes/no-dangerous-functions': 'off',
			// Passwords of servers that a test starts on loopback and throws away.
			'@n8n/community-nodes/no-hardcoded-secrets': 'off',
		},
	},
	{
		files: ['**/*.mjs'],
		languageOptions: {
			globals: {
				console: 'readonly',
				process: 'readonly',
				setInterval: 'readonly',
				clearInterval: 'readonly',
				setTimeout: 'readonly',
			},
		},
		rules: { 'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
	},
];
