import { homedir } from 'node:os';
import { join } from 'node:path';

import type {
	ICredentialDataDecryptedObject,
	INodeCredentialDescription,
	INodeProperties,
} from 'n8n-workflow';

import type { Database } from '../../core/store/database';
import { openStore, type StoreConfig } from '../../core/store/open';

/** Where the bridge keeps what it must not forget. */
export const stateStoreProperty: INodeProperties = {
	displayName: 'State Store',
	name: 'stateStore',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Built-In (SQLite)',
			value: 'sqlite',
			description: "A file in n8n's user folder; nothing to set up",
		},
		{
			name: 'PostgreSQL',
			value: 'postgres',
			description: 'For queue mode or several n8n hosts; tables go into a schema named erp_bridge',
		},
	],
	default: 'sqlite',
	description:
		'Where inbox, outbox and crosswalk are kept. Use the same one in all nodes that work together.',
};

export const stateStoreCredential: INodeCredentialDescription = {
	name: 'postgres',
	required: true,
	displayOptions: { show: { '/stateStore': ['postgres'] } },
};

interface StoreContext {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
}

const open = new Map<string, Promise<Database>>();

/**
 * The state store that the node's parameter names. Opened once a process and kept: nodes come and go with each
 * execution, the store stays.
 */
export async function stateStore(context: StoreContext, choice: string): Promise<Database> {
	const config =
		choice === 'postgres' ? postgresConfig(await context.getCredentials('postgres')) : sqliteConfig();
	const key = JSON.stringify(config);
	const known = open.get(key);
	if (known !== undefined) return await known;
	const opening = openStore(config);
	open.set(key, opening);
	opening.catch(() => open.delete(key));
	return await opening;
}

/** `N8N_USER_FOLDER` is the folder that holds n8n's `.n8n`; the home folder when it is not set. */
function sqliteConfig(): StoreConfig {
	return {
		kind: 'sqlite',
		file: join(process.env.N8N_USER_FOLDER ?? homedir(), '.n8n', 'erp-bridge', 'state.sqlite'),
	};
}

function postgresConfig(credential: ICredentialDataDecryptedObject): StoreConfig {
	const secure =
		credential.ssl === 'require' || credential.ssl === 'allow' || credential.allowUnauthorizedCerts === true;
	return {
		kind: 'postgres',
		host: String(credential.host),
		port: Number(credential.port),
		database: String(credential.database),
		user: String(credential.user),
		password: String(credential.password),
		...(secure ? { ssl: { rejectUnauthorized: credential.allowUnauthorizedCerts !== true } } : {}),
	};
}
