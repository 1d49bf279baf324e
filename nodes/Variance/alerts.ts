import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { alertMeasures, type AlertMeasure, type AlertThreshold } from '../../core/variance/alerts';
import { varianceClasses } from '../../core/variance/finding';
import { classWords } from '../../core/variance/words';

const measureNames: Record<AlertMeasure, { name: string; description: string }> = {
	age: { name: 'Age in Days', description: 'Of the oldest difference' },
	atStake: { name: 'Money at Stake', description: 'In all differences together, in the reporting currency' },
	finding: { name: 'Money of One Difference', description: 'In the reporting currency' },
	findings: { name: 'Number of Differences', description: 'How many there are' },
};

export const alertProperties: INodeProperties[] = [
	{
		displayName: 'Alert Above',
		name: 'alertAbove',
		type: 'string',
		default: '',
		placeholder: 'e.g. 10000.00',
		description:
			'Money at stake from which the report and the summary say that there is an alert. What somebody accepted does not count.',
	},
	{
		displayName: 'More Alerts',
		name: 'alerts',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Alert',
		default: {},
		description:
			'Each limit that is crossed stands in the report and in the field "alerts" of the summary; "alert" there is true when any is, for an If node to branch by',
		options: [
			{
				displayName: 'Alert',
				name: 'alert',
				values: [
					{
						displayName: 'When',
						name: 'threshold',
						type: 'options',
						options: Object.entries(measureNames).map(([value, text]) => ({ ...text, value })),
						default: 'finding',
					},
					{
						displayName: 'Is Above',
						name: 'limit',
						type: 'string',
						default: '',
						placeholder: 'e.g. 5000.00',
					},
					{
						displayName: 'Of Class',
						name: 'class',
						type: 'options',
						options: [
							{ name: 'Any Class', value: 'any' },
							...varianceClasses
								.map((value) => ({ name: classWords.en[value].name, value }))
								.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
						],
						default: 'any',
						description: 'Count differences of this class only',
					},
				],
			},
		],
	},
];

const Limit = z.coerce
	.string()
	.trim()
	.regex(/^\d{1,15}(\.\d{1,8})?$/, 'must be a number such as "10000.00"');

export const AlertParameters = z.object({
	alertAbove: z
		.union([z.literal(''), Limit], 'must be an amount such as "10000.00"')
		.optional()
		.transform((text = '') => text),
	alerts: z
		.object({
			alert: z
				.array(
					z.object({
						threshold: z.enum(alertMeasures).default('finding'),
						limit: Limit,
						class: z.enum(['any', ...varianceClasses]).default('any'),
					}),
				)
				.default([]),
		})
		.default({ alert: [] }),
});

/** All limits, "Alert Above" first. */
export function thresholdsOf({ alertAbove, alerts }: z.infer<typeof AlertParameters>): AlertThreshold[] {
	const first = alertAbove === '' ? [] : [{ threshold: 'atStake' as const, limit: alertAbove }];
	const more = alerts.alert.map(({ threshold, limit, class: only }) => ({
		threshold,
		limit,
		...(only === 'any' ? {} : { class: only }),
	}));
	return [...first, ...more];
}
