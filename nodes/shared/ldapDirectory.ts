import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import type { LdapOptions } from '../../connectors/ldap/directory';
import { LdapAccess } from '../../connectors/ldap/ldapAccess';
import { LdapHr } from '../../connectors/ldap/ldapHr';

/** The directory that the credential describes; fields left empty have their standard. */
export function ldapDirectoryOf(credential: ICredentialDataDecryptedObject): LdapHr {
	return new LdapHr(optionsOf(credential));
}

/** The accounts and groups of the same directory. */
export function ldapAccessOf(credential: ICredentialDataDecryptedObject): LdapAccess {
	return new LdapAccess(optionsOf(credential));
}

function optionsOf(credential: ICredentialDataDecryptedObject): LdapOptions {
	const text = (name: string) => String(credential[name] ?? '').trim();
	const filled = Object.fromEntries(
		['caCertificate', 'peopleFilter', 'leftFilter']
			.map((name) => [name, text(name)])
			.filter(([, value]) => value !== ''),
	);
	return {
		system: text('systemName'),
		url: text('url'),
		startTls: credential.startTls === true,
		bindDn: text('bindDn'),
		password: String(credential.password ?? ''),
		baseDn: text('baseDn'),
		...filled,
	};
}

/** Signs in once and looks at the base, as the nodes do. */
export async function ldapTest(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	try {
		await ldapDirectoryOf(data).check();
		return { status: 'OK', message: 'Signed in, and the base DN is there' };
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
}
