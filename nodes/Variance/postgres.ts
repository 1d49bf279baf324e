import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import {
	openPostgresEngine,
	type PostgresDatabase,
	type PostgresEngine,
	type PostgresLines,
} from '../../core/variance/postgres';

/** Value of the database in "Connections" and in "Read From". */
export const postgresValue = 'postgres';

interface CredentialContext {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
}

/** A session in the database of the node's credential; whoever opens it closes it. */
export async function openDatabase(
	context: CredentialContext,
	signal?: AbortSignal,
): Promise<PostgresEngine> {
	const database = databaseOf(await context.getCredentials('erpBridgePostgresApi'));
	return await openPostgresEngine(database, signal === undefined ? {} : { signal });
}

function databaseOf(credential: ICredentialDataDecryptedObject): PostgresDatabase {
	const { host, port, database, user, password, ssl } = credential;
	return {
		host: String(host),
		port: Number(port),
		database: String(database),
		user: String(user),
		password: String(password),
		...(ssl === 'disable' ? {} : { ssl: { rejectUnauthorized: ssl !== 'unchecked' } }),
	};
}

/** Opens a session as the node does. */
export async function databaseTest(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	try {
		const engine = await openDatabase({ getCredentials: async () => data });
		await engine.close();
		return { status: 'OK', message: `Connected to ${engine.place}` };
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
}

/** The lines that a side's fields name. */
export function linesOf(side: {
	linesOf: 'table' | 'query';
	schema: string;
	table: string;
	query: string;
}): PostgresLines {
	if (side.linesOf === 'query') return { query: side.query };
	return { table: side.table, ...(side.schema === '' ? {} : { schema: side.schema }) };
}
