import type { ApprovalDocument, ApprovalUser, PositionBinding } from '../model/approval';
import { compare } from '../model/decimal';
import { finding, type Evidence, type Finding } from './finding';
import type { Picture } from './picture';

export interface AuthorisationCheck {
	findings: Finding[];
	evidence: Evidence[];
}

/** Check 4: whether one user may decide on the document: customer, amount, segregation of duties, and the access policies. */
export function checkAuthorisation(
	document: ApprovalDocument,
	user: ApprovalUser,
	position: string | undefined,
	picture: Picture,
): AuthorisationCheck {
	const { system, authorisations } = picture;
	const facts = {
		user: user.name,
		document: document.number,
		amount: document.amount,
		currency: document.currency,
		partner: document.partner.name ?? document.partner.code,
	};
	const findings: Finding[] = [];
	const evidence: Evidence[] = [];
	const special = picture.specialByPartner.get(document.partner.code);
	if (special !== undefined) {
		evidence.push(specialEvidence(picture, document));
		if (!special.holders.includes(user.key))
			findings.push(extraAuthorisationMissing(document, picture, user));
	}
	const limit =
		picture.limitOfUser.get(user.key) ??
		(position === undefined ? undefined : picture.limitOfPosition.get(position));
	if (limit !== undefined) {
		const key = limit.user ?? limit.position ?? '';
		evidence.push({
			system,
			entity: 'approverLimit',
			key,
			shows: { limit: limit.limit, currency: limit.currency },
		});
		if (limit.currency === document.currency && compare(document.amount, limit.limit) > 0)
			findings.push(
				finding('overLimit', { system, entity: 'approverLimit', key }, { ...facts, limit: limit.limit }, [
					...evidence,
				]),
			);
	}
	const deputy = position === undefined ? undefined : deputyOf(picture, position, user.key);
	if (deputy?.maxAmount !== undefined && compare(document.amount, deputy.maxAmount) > 0) {
		const key = `${deputy.position}/${user.key}`;
		const shown: Evidence = {
			system,
			entity: 'positionBinding',
			key,
			shows: { maxAmount: deputy.maxAmount },
		};
		findings.push(
			finding(
				'overLimit',
				{ system, entity: 'positionBinding', key },
				{ ...facts, limit: deputy.maxAmount },
				[shown],
			),
		);
	}
	if (authorisations.submitterExcluded && document.submittedBy === user.key)
		findings.push(
			finding('submitterExcluded', { system, entity: 'user', key: user.key }, facts, [
				{
					system,
					entity: document.kind,
					key: document.key,
					at: document.submittedAt,
					shows: { submittedBy: user.key },
				},
			]),
		);
	const decision = picture.decide?.(document, user);
	if (decision !== undefined) {
		const shown: Evidence = {
			system: 'policies',
			entity: 'decision',
			key: decision.policies.join(', '),
			shows: { permitted: String(decision.permitted), why: decision.why },
		};
		evidence.push(shown);
		if (!decision.permitted)
			findings.push(
				finding(
					'policyDenied',
					{ system: 'policies', entity: 'policy', key: decision.policies.join(', ') },
					{ ...facts, why: decision.why },
					[shown],
				),
			);
	}
	return { findings, evidence };
}

function deputyOf(picture: Picture, position: string, user: string): PositionBinding | undefined {
	return picture.bindingsOf.get(position)?.find((binding) => binding.user === user);
}

/** The customer's extra authorisation is held by nobody who could decide, or by nobody at all. */
export function extraAuthorisationMissing(
	document: ApprovalDocument,
	picture: Picture,
	user?: ApprovalUser,
): Finding {
	const special = picture.specialByPartner.get(document.partner.code);
	return finding(
		'extraAuthorisationMissing',
		{ system: picture.system, entity: 'specialPartner', key: document.partner.code },
		{
			user: user?.name ?? '',
			document: document.number,
			partner: document.partner.name ?? document.partner.code,
			authorisation: special?.authorisation ?? '',
			holders: special?.holders.join(', ') ?? '',
		},
		[specialEvidence(picture, document)],
	);
}

function specialEvidence(picture: Picture, { partner }: ApprovalDocument): Evidence {
	const special = picture.specialByPartner.get(partner.code);
	return {
		system: picture.system,
		entity: 'specialPartner',
		key: partner.code,
		shows: {
			authorisation: special?.authorisation ?? '',
			holders: special?.holders.join(', ') ?? '',
			...(special?.reason === undefined ? {} : { reason: special.reason }),
		},
	};
}
