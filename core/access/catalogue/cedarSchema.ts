import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';

import { pathOf, type Attribute, type AttributeType, type Bearer } from './attributes';
import { attributesOf, riskGroup, riskLevels, type Catalogue } from './catalogue';

type Shape = SchemaJson<string>[string]['entityTypes'][string];
type CedarType = { type: 'String' } & Record<string, unknown>;

const cedarTypes: Record<AttributeType, object> = {
	text: { type: 'String' },
	number: { type: 'Long' },
	amount: { type: 'Extension', name: 'decimal' },
	flag: { type: 'Boolean' },
	address: { type: 'Extension', name: 'ipaddr' },
	instant: { type: 'Extension', name: 'datetime' },
	employee: { type: 'Entity', name: 'Employee' },
	texts: { type: 'Set', element: { type: 'String' } },
};

/** Time of day and weekday in one time zone. Weekdays as in ISO 8601: 1 is Monday. */
const clock = {
	type: 'Record',
	attributes: {
		minute: { type: 'Long', required: true },
		weekday: { type: 'Long', required: true },
	},
};

export interface SchemaChoices {
	/** time zones that policies may ask the time in, by IANA name */
	timeZones: readonly string[];
	/** attributes that policies may read without asking whether they are there */
	certain: ReadonlySet<string>;
}

/**
 * The Cedar schema of a catalogue: what policies are checked against before they go live. Actions are the sensitive operations,
 * each in the group of its risk level; principals are employees, who are in departments.
 */
export function cedarSchema(catalogue: Catalogue, { timeZones, certain }: SchemaChoices): SchemaJson<string> {
	const attributes = attributesOf(catalogue);
	const of = (bearer: Bearer) =>
		recordOf(
			attributes.filter((attribute) => attribute.of === bearer),
			certain,
		);
	const resources = [...new Set(catalogue.operations.map(({ resource }) => resource))];
	const resourceShape = { shape: of('resource') };
	return {
		'': {
			entityTypes: {
				Department: { memberOfTypes: ['Department'] },
				Employee: { memberOfTypes: ['Department'], shape: of('subject') } as Shape,
				...Object.fromEntries(resources.map((type) => [type, resourceShape as Shape])),
			},
			actions: {
				...Object.fromEntries(riskLevels.map((risk) => [riskGroup(risk), {}])),
				...Object.fromEntries(
					catalogue.operations.map(({ id, risk, resource }) => {
						const context = of('request') as CedarType & { attributes: Record<string, object> };
						context.attributes.now = { type: 'Extension', name: 'datetime', required: true };
						context.attributes.time = {
							type: 'Record',
							required: true,
							attributes: Object.fromEntries(timeZones.map((zone) => [zone, { ...clock, required: true }])),
						};
						return [
							id,
							{
								memberOf: [{ id: riskGroup(risk) }],
								appliesTo: { principalTypes: ['Employee'], resourceTypes: [resource], context },
							},
						];
					}),
				),
			},
		},
	};
}

function recordOf(attributes: Attribute[], certain: ReadonlySet<string>): CedarType {
	return {
		type: 'Record',
		attributes: Object.fromEntries(
			attributes.map((attribute) => [
				attribute.name,
				{ ...cedarTypes[attribute.type], required: certain.has(pathOf(attribute)) },
			]),
		),
	} as unknown as CedarType;
}
