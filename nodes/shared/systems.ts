import type {
	ICredentialDataDecryptedObject,
	INodeCredentialDescription,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import { SandboxAccess } from '../../connectors/sandbox/sandboxAccess';
import { SandboxFinance } from '../../connectors/sandbox/sandboxFinance';
import { SandboxHr } from '../../connectors/sandbox/sandboxHr';
import { SandboxWms } from '../../connectors/sandbox/sandboxWms';
import { SandboxReportedErp } from '../../connectors/sandbox/warehouseFigures';
import { ScimAccess } from '../../connectors/scim/scimAccess';
import { ScimHr } from '../../connectors/scim/scimHr';
import { TrytonAccess } from '../../connectors/tryton/access/trytonAccess';
import { TrytonFinance } from '../../connectors/tryton/finance/trytonFinance';
import { TrytonHr } from '../../connectors/tryton/hr/trytonHr';
import { TrytonErp } from '../../connectors/tryton/trytonErp';
import { TrytonWms } from '../../connectors/tryton/trytonWms';
import { ValidationError } from '../../core/ports/errors';
import type { AccessSystem } from '../../core/ports/accessSystem';
import type { HttpTransport } from '../../core/ports/httpTransport';
import type { SystemConnector } from '../../core/ports/systemConnector';
import { httpTransportOf, type RequestContext } from './httpTransport';
import { ldapAccessOf, ldapDirectoryOf } from './ldapDirectory';
import { restSystemCredentials, restSystemOf, restSystemValue } from './restSystem';

/** What a system is used as. One product may be both. */
export type SystemRole = 'erp' | 'wms' | 'finance' | 'hr';

interface Product {
	option: INodePropertyOptions;
	credential: string;
	/** method of the node that tests the credential, where no request does */
	testedBy?: string;
	/** what it can be used as */
	connect: Partial<
		Record<
			SystemRole,
			(credential: ICredentialDataDecryptedObject, transport: HttpTransport) => SystemConnector
		>
	>;
	/** its accounts and rights */
	access?: (credential: ICredentialDataDecryptedObject, transport: HttpTransport) => AccessSystem;
}

/** The products that nodes can talk to; everything about one that nodes need to know stands here. */
const products: Product[] = [
	{
		option: {
			name: 'Sandbox Company',
			value: 'sandbox',
			description: 'The stand-in that comes with this package',
		},
		credential: 'erpBridgeSandboxApi',
		connect: {
			erp: ({ erpUrl, apiKey }, transport) =>
				new SandboxReportedErp({ url: String(erpUrl), apiKey: String(apiKey), transport }),
			wms: ({ wmsUrl, apiKey }, transport) =>
				new SandboxWms({ url: String(wmsUrl), apiKey: String(apiKey), transport }),
			finance: ({ financeUrl, apiKey }, transport) =>
				new SandboxFinance({
					url: addressOf(financeUrl, 'finance', 'Finance Address', 5674),
					apiKey: String(apiKey),
					transport,
				}),
			hr: ({ hrUrl, apiKey }, transport) =>
				new SandboxHr({
					url: addressOf(hrUrl, 'hr', 'HR Address', 5675),
					apiKey: String(apiKey),
					transport,
				}),
		},
		access: ({ erpUrl, apiKey }, transport) =>
			new SandboxAccess({ url: String(erpUrl), apiKey: String(apiKey), transport }),
	},
	{
		option: { name: 'Tryton', value: 'tryton', description: 'Tryton 6.0' },
		credential: 'erpBridgeTrytonApi',
		connect: {
			erp: (credential, transport) => new TrytonErp(trytonOptions(credential, transport)),
			wms: (credential, transport) =>
				new TrytonWms({
					...trytonOptions(credential, transport),
					...filled({ warehouse: credential.warehouse, customer: credential.customer }),
				}),
			finance: (credential, transport) =>
				new TrytonFinance({
					...trytonOptions(credential, transport),
					...filled({ entity: credential.legalEntity, journal: credential.journal }),
				}),
			hr: (credential, transport) =>
				new TrytonHr({
					...trytonOptions(credential, transport),
					...filled({ entity: credential.legalEntity }),
				}),
		},
		access: (credential, transport) => new TrytonAccess(trytonOptions(credential, transport)),
	},
	{
		option: { name: 'SCIM Directory', value: 'scim', description: 'Any directory with SCIM 2.0' },
		credential: 'erpBridgeScimApi',
		connect: {
			hr: ({ systemName, url, token }, transport) =>
				new ScimHr({ system: String(systemName), url: String(url), token: String(token), transport }),
		},
		access: ({ systemName, url, token }, transport) =>
			new ScimAccess({ system: String(systemName), url: String(url), token: String(token), transport }),
	},
	{
		option: { name: 'LDAP Directory', value: 'ldap', description: 'OpenLDAP, Active Directory and alike' },
		credential: 'erpBridgeLdapApi',
		testedBy: 'ldapTest',
		connect: { hr: ldapDirectoryOf },
		access: ldapAccessOf,
	},
];

/** Credentials made before the sandbox had the service do not have its address. */
function addressOf(given: unknown, role: SystemRole, field: string, standardPort: number): string {
	if (typeof given === 'string' && given.trim() !== '') return given.trim();
	throw new ValidationError(`The sandbox credential has no ${field}.`, {
		system: `sandbox-${role}`,
		hint: `Open the credential and fill in "${field}": with npm start it is http://127.0.0.1:${standardPort}.`,
	});
}

function trytonOptions(credential: ICredentialDataDecryptedObject, transport: HttpTransport) {
	const { systemName, url, database, username, password } = credential;
	return {
		system: String(systemName),
		url: String(url),
		database: String(database),
		user: String(username),
		password: String(password),
		transport,
	};
}

/** Optional fields of a credential, without those left empty. */
function filled(fields: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(fields).flatMap(([name, value]) =>
			typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : [],
		),
	);
}

/** The choice among the products that can be used as one of these. */
function systemPropertyFor(roles: SystemRole[]): INodeProperties {
	return {
		displayName: 'System',
		name: 'system',
		type: 'options',
		noDataExpression: true,
		options: offeredFor(roles),
		default: 'sandbox',
		description: 'Which product to talk to',
	};
}

/** The path is written with a slash because the editor hides a field on which all credentials depend by its plain name. */
function systemCredentialsFor(roles: SystemRole[]): INodeCredentialDescription[] {
	return [...productsFor(roles).map(credentialOf), ...restSystemCredentials];
}

function credentialOf({ option, credential, testedBy }: Product): INodeCredentialDescription {
	return {
		name: credential,
		required: true,
		...(testedBy === undefined ? {} : { testedBy }),
		displayOptions: { show: { '/system': [option.value] } },
	};
}

function offeredFor(roles: SystemRole[]): INodePropertyOptions[] {
	return [
		...productsFor(roles).map(({ option }) => option),
		{
			name: 'REST System',
			value: restSystemValue,
			description: 'Any system with a JSON API, as you describe it',
		},
	];
}

function productsFor(roles: SystemRole[]): Product[] {
	return products.filter(({ connect }) => roles.some((role) => connect[role] !== undefined));
}

const businessRoles: SystemRole[] = ['erp', 'wms', 'finance'];
export const systemProperty = systemPropertyFor(businessRoles);
export const systemCredentials = systemCredentialsFor(businessRoles);
/** For nodes that deal with people: directories know nothing of orders, and the other way round. */
export const hrSystemProperty = systemPropertyFor(['hr']);
export const hrSystemCredentials = systemCredentialsFor(['hr']);

/** For nodes that deal with accounts and their rights. */
export const accessSystemProperty: INodeProperties = {
	displayName: 'System',
	name: 'system',
	type: 'options',
	noDataExpression: true,
	options: products.filter(({ access }) => access !== undefined).map(({ option }) => option),
	default: 'sandbox',
	description: 'Whose accounts and rights it is about; in the sandbox company those of the ERP',
};
export const accessSystemCredentials: INodeCredentialDescription[] = products
	.filter(({ access }) => access !== undefined)
	.map(credentialOf);

/** Where the editor shows the credentials of a node. */
export const credentialsProperty: INodeProperties = {
	displayName: 'Credentials',
	name: 'credentials',
	type: 'credentials',
	default: '',
};

interface KeptConnector {
	connector: SystemConnector;
	transport: HttpTransport;
}

const kept = new Map<string, KeptConnector>();
const mostKept = 100;

/**
 * The connector for the node's system and credential. It is kept between executions, so that a session is not opened, and
 * a system not asked what it can do, each time; requests go through the latest caller's helper.
 */
export async function connectorOf(
	context: RequestContext,
	role: SystemRole,
	system: string,
): Promise<SystemConnector> {
	if (system === restSystemValue) return await restSystemOf(context);
	const product = products.find(({ option }) => option.value === system);
	if (product === undefined) {
		throw new ValidationError(`The system "${system}" is unknown. Choose one from the list.`, { system });
	}
	const connect = product.connect[role];
	if (connect === undefined) {
		throw new ValidationError(`${product.option.name} cannot be used as ${role} here.`, { system });
	}
	const credential = await context.getCredentials(product.credential);
	const key = JSON.stringify([system, role, credential]);
	const transport = httpTransportOf(context);
	const known = kept.get(key);
	if (known !== undefined) {
		known.transport = transport;
		return known.connector;
	}
	if (kept.size >= mostKept) kept.clear();
	const entry: KeptConnector = {
		transport,
		connector: connect(credential, async (request) => await entry.transport(request)),
	};
	kept.set(key, entry);
	return entry.connector;
}

/** The accounts and rights of the node's system. */
export async function accessSystemOf(context: RequestContext, system: string): Promise<AccessSystem> {
	const product = products.find(({ option }) => option.value === system);
	if (product?.access === undefined)
		throw new ValidationError(
			`The rights of "${system}" cannot be read here. Choose a system from the list.`,
			{
				system,
			},
		);
	return product.access(await context.getCredentials(product.credential), httpTransportOf(context));
}
