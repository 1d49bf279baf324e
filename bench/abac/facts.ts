import type { AccessRequest, CedarValue, EntityUid } from '../../core/access/decisions/engine';

/** What the rules compare, for engines that compare numbers and texts only. */
export interface Facts {
	department: string;
	rank: number;
	state: string;
	recordRegion: string;
	own: boolean;
	/** in cents */
	amount: number;
	/** of the day, in UTC */
	minute: number;
	/** the address as a number */
	network: number;
	approved: boolean;
}

export function factsOf({ principal, resource, context, entities }: AccessRequest): Facts {
	const employee = attributesOf(principal, entities);
	const record = attributesOf(resource, entities);
	const owner = (record.owner as { __entity: EntityUid }).__entity;
	const now = argumentOf(context.now);
	return {
		department: employee.department as string,
		rank: employee.rank as number,
		state: employee.state as string,
		recordRegion: record.region as string,
		own: owner.type === principal.type && owner.id === principal.id,
		amount: Math.round(Number(argumentOf(context.amount)) * 100),
		minute: Number(now.slice(11, 13)) * 60 + Number(now.slice(14, 16)),
		network: argumentOf(context.address)
			.split('.')
			.reduce((number, part) => number * 256 + Number(part), 0),
		approved: context.approved as boolean,
	};
}

function attributesOf(uid: EntityUid, entities: AccessRequest['entities']): Record<string, CedarValue> {
	const entity = entities.find((one) => one.uid.type === uid.type && one.uid.id === uid.id);
	if (entity === undefined) throw new Error(`${uid.type} ${uid.id} is not known.`);
	return entity.attrs;
}

function argumentOf(value: CedarValue | undefined): string {
	return (value as { __extn: { arg: string } }).__extn.arg;
}
