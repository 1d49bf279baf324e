import { dirname, delimiter, join } from 'node:path';
import type { N8nInstallation } from './installation';

/** Parts of n8n that no test here touches; without them it boots in two thirds of the time. */
export const modulesNotTested = [
	'agents',
	'breaking-changes',
	'chat-hub',
	'dynamic-credentials',
	'external-secrets',
	'insights',
	'instance-ai',
	'ldap',
	'mcp',
	'mcp-registry',
	'oauth-server',
	'otel',
	'provisioning',
	'quick-connect',
	'source-control',
	'sso-oidc',
	'sso-saml',
	'token-exchange',
	'workflow-builder',
];

/** In the user folder, where n8n runs: files of the old exchange are dropped here (template dropped-file-to-events). */
export const droppedFiles = 'dropped-files';

/** In the user folder: reports that workflows write (template daily-variance-report). */
export const writtenReports = 'reports';

/** n8n on loopback, without telemetry, update checks and other calls to the internet; all else as n8n ships. */
export function n8nEnvironment(
	installation: N8nInstallation,
	instance: { userFolder: string; port: number; brokerPort: number },
	extra: Record<string, string> = {},
): NodeJS.ProcessEnv {
	return {
		PATH: [dirname(installation.node), process.env['PATH']].join(delimiter),
		HOME: process.env['HOME'],
		LANG: process.env['LANG'],
		TMPDIR: process.env['TMPDIR'],
		SystemRoot: process.env['SystemRoot'],
		NODE_ENV: 'production',
		N8N_USER_FOLDER: instance.userFolder,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PORT: String(instance.port),
		N8N_EDITOR_BASE_URL: `http://127.0.0.1:${instance.port}`,
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_BROKER_PORT: String(instance.brokerPort),
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_ONBOARDING_FLOW_DISABLED: 'true',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_REINSTALL_MISSING_PACKAGES: 'false',
		N8N_PYTHON_ENABLED: 'false',
		// By default file nodes reach ~/.n8n-files alone, which all n8n of this user would share.
		N8N_RESTRICT_FILE_ACCESS_TO: [droppedFiles, writtenReports]
			.map((folder) => join(instance.userFolder, folder))
			.join(';'),
		N8N_DISABLED_MODULES: 'mcp-registry',
		...extra,
	};
}
