import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { mailHandshake } from '../../connectors/smtp/handshake';
import { readPicture, type Unreadable } from '../../core/approvals/gather';
import type { Picture } from '../../core/approvals/picture';
import { languages } from '../../core/approvals/words';
import type { ApprovalSystem } from '../../core/ports/approvalSystem';
import type { OperationContext } from '../shared/operationContext';
import { approvalSystemOf, hrOf } from './approvalSystems';

/** What a diagnosis may look at, and how it is told. */
export const evidenceProperties: INodeProperties[] = [
	{
		displayName: 'Mail Server',
		name: 'mailServer',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'As the System Says',
				value: 'system',
				description: 'Call the mail server to which the system hands its messages',
			},
			{
				name: 'At This Address',
				value: 'given',
				description: 'For systems that do not say where their mail goes',
			},
			{ name: 'Do Not Call', value: 'none' },
		],
		default: 'system',
		description: 'Whether the mail server is called: a connection and its greeting, and no mail is sent',
	},
	{
		displayName: 'Mail Server Host',
		name: 'mailHost',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. mail.example.com',
		displayOptions: { show: { mailServer: ['given'] } },
	},
	{
		displayName: 'Mail Server Port',
		name: 'mailPort',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 65535 },
		default: 25,
		displayOptions: { show: { mailServer: ['given'] } },
	},
	{
		displayName: 'Report Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'Chinese (Simplified)', value: 'zh-CN' },
			{ name: 'English', value: 'en' },
		],
		default: 'en',
	},
	{
		displayName: 'Put Report in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'report',
		required: true,
		hint: 'The name of the binary field to put the one-page HTML report in',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Mail on Its Way (Minutes)',
				name: 'mailGraceMinutes',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 5,
				description: 'A message that has not been tried yet counts as on its way for so long',
			},
			{
				displayName: 'Mail Server Timeout (Seconds)',
				name: 'mailTimeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 120 },
				default: 10,
				description: 'How long the mail server may take to answer',
			},
			{
				displayName: 'TLS From the Start',
				name: 'mailSecure',
				type: 'boolean',
				default: false,
				description: 'Whether the mail server at this address expects TLS at once, as on port 465',
			},
		],
	},
];

export const EvidenceParameters = z.object({
	system: z.string(),
	hrSource: z.enum(['same', 'scim', 'ldap', 'none']),
	mailServer: z.enum(['system', 'given', 'none']),
	mailHost: z.string().trim().optional(),
	mailPort: z.number().int().min(1).max(65_535).optional(),
	language: z.enum(languages),
	binaryPropertyName: z.string().min(1),
	options: z.object({
		mailGraceMinutes: z.number().min(0).default(5),
		mailTimeoutSeconds: z.number().min(1).max(120).default(10),
		mailSecure: z.boolean().default(false),
	}),
});
export type EvidenceParameters = z.infer<typeof EvidenceParameters>;

export interface Gathered {
	approvals: ApprovalSystem;
	picture: Picture;
	unreadable: Unreadable[];
	now: string;
}

/** Reads what does not depend on the single document, once for all items. */
export async function gather(
	context: OperationContext,
	{ system, hrSource, mailServer, mailHost = '', mailPort = 25, options }: EvidenceParameters,
): Promise<Gathered> {
	const { functions } = context;
	if (mailServer === 'given' && mailHost === '')
		throw context.invalid('Wrong parameter: mailHost: must be filled.');
	const approvals = await approvalSystemOf(functions, system);
	const hr = await hrOf(functions, system, hrSource);
	const now = new Date().toISOString();
	const { picture, unreadable } = await readPicture({
		approvals,
		now,
		mailGraceMs: options.mailGraceMinutes * 60_000,
		...(hr === undefined ? {} : { hr }),
		...(mailServer === 'given'
			? { mailRoute: { host: mailHost, port: mailPort, secure: options.mailSecure } }
			: {}),
		...(mailServer === 'none'
			? {}
			: { handshake: async (route) => await mailHandshake(route, options.mailTimeoutSeconds * 1_000) }),
	});
	return { approvals, picture, unreadable, now };
}
