import { PartnerDraft } from '../../../../core/model/partner';
import type { EntityText } from '../../../shared/entityText';

export const partner: EntityText<'partner'> = {
	entity: 'partner',
	name: 'partner',
	plural: 'partners',
	title: 'Partner',
	parameter: 'partner',
	searchMethod: 'searchPartners',
	example: 'C-1001',
	states: [],
	Draft: PartnerDraft,
	draftExample: { code: 'C-3001', name: 'New customer', roles: ['customer'] },
};
