import { LdapAccess } from '../../connectors/ldap/ldapAccess';
import { ValidationError } from '../../core/ports/errors';

test.each(['', 'directory.example.com', 'https://directory.example.com'])(
	'"%s" is refused as no address of a directory, with one that would be',
	async (url) => {
		const access = new LdapAccess({ system: 'ldap', url, bindDn: '', password: '', baseDn: 'dc=example' });
		const refusal = await access.grants().catch((error: unknown) => error);
		expect(refusal).toBeInstanceOf(ValidationError);
		expect(String(refusal)).toContain(`"${url}"`);
	},
);
