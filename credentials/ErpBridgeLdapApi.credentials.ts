import type { ICredentialType, INodeProperties } from 'n8n-workflow';

// eslint-disable-next-line @n8n/community-nodes/credential-test-required -- `ldapTest` of HR and HR Trigger tests it
export class ErpBridgeLdapApi implements ICredentialType {
	name = 'erpBridgeLdapApi';

	displayName = 'ERP Bridge LDAP API';

	icon = { light: 'file:erpBridge.svg', dark: 'file:erpBridge.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-erp-bridge/n8n-nodes-erp-bridge/blob/main/docs/nodes/Hr.md#ldap';

	properties: INodeProperties[] = [
		{
			displayName: 'System Name',
			name: 'systemName',
			type: 'string',
			default: 'ldap',
			required: true,
			description:
				'How this directory is named in events and in the crosswalk: lower-case letters, digits and hyphens',
		},
		{
			displayName: 'Address',
			name: 'url',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'ldaps://directory.example.com:636',
		},
		{
			displayName: 'STARTTLS',
			name: 'startTls',
			type: 'boolean',
			default: false,
			description: 'Whether to encrypt a connection that begins in the clear; not for ldaps addresses',
		},
		// eslint-disable-next-line @n8n/community-nodes/credential-password-field -- a certificate is public
		{
			displayName: 'CA Certificate',
			name: 'caCertificate',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			description:
				"Certificate, in PEM, of the authority that signed the server's; empty: those that n8n's host knows",
		},
		{
			displayName: 'Bind DN',
			name: 'bindDn',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'cn=n8n,dc=example,dc=com',
			description: 'Whom to sign in as; it needs to read people only',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
		},
		{
			displayName: 'Base DN',
			name: 'baseDn',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'ou=people,dc=example,dc=com',
			description: 'Below which people are looked for',
		},
		{
			displayName: 'People Filter',
			name: 'peopleFilter',
			type: 'string',
			default: '',
			placeholder: '(objectClass=inetOrgPerson)',
			description: 'Which entries are people; empty: inetOrgPerson, and users of Active Directory',
		},
		{
			displayName: 'Left Filter',
			name: 'leftFilter',
			type: 'string',
			default: '',
			placeholder: '(employeeType=left)',
			description:
				'Which of them no longer work here; empty: disabled in Active Directory, or locked for good in OpenLDAP',
		},
	];
}
