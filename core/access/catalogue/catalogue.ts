import { z } from 'zod/v4';

import { nearestName } from '../../model/nearestName';
import { Attribute, pathOf, reserved, standardAttributes } from './attributes';

export const riskLevels = ['low', 'medium', 'high', 'critical'] as const;
export type RiskLevel = (typeof riskLevels)[number];

/** Entity types that stand for people and their place; a resource has another one. */
const typesOfPeople = ['Employee', 'Department', 'Action'];

const OperationId = z
	.string()
	.max(100)
	.regex(
		/^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*$/,
		'must be letters, digits, _ and -, parted by dots, such as supplier.changePaymentTerms',
	);

const ResourceType = z
	.string()
	.regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must be letters, digits and _ and begin with a letter')
	.refine((type) => !typesOfPeople.includes(type), 'is the type of people; choose another name')
	.refine((type) => !reserved.has(type), 'is reserved; choose another name');

/** Something that not everybody may do. */
export const SensitiveOperation = z.object({
	id: OperationId,
	name: z.object({ en: z.string().min(1).max(100), zh: z.string().min(1).max(100) }),
	risk: z.enum(riskLevels),
	/** the kind of record that it is done to */
	resource: ResourceType,
	/** attributes without which it is denied, such as `subject.department` */
	requires: z.array(z.string()).default([]),
});
export type SensitiveOperation = z.infer<typeof SensitiveOperation>;

export const Catalogue = z
	.object({
		operations: z.array(SensitiveOperation).min(1).max(1_000),
		/** beside the standard ones */
		attributes: z.array(Attribute).max(200).default([]),
	})
	.superRefine(({ operations, attributes }, context) => {
		const refuse = (path: PropertyKey[], message: string) =>
			context.addIssue({ code: 'custom', path, message });
		const known = attributesOf({ attributes }).map(pathOf);
		attributes.forEach((attribute, index) => {
			if (known.filter((path) => path === pathOf(attribute)).length > 1)
				refuse(['attributes', index, 'name'], `${pathOf(attribute)} is there already`);
		});
		const ids = operations.map(({ id }) => id);
		operations.forEach(({ id, requires }, index) => {
			if (ids.indexOf(id) !== index) refuse(['operations', index, 'id'], `"${id}" is listed twice`);
			requires.forEach((path, at) => {
				if (!known.includes(path)) {
					const meant = nearestName(path, known);
					const suggestion = meant === undefined ? '' : ` (did you mean ${meant}?)`;
					refuse(['operations', index, 'requires', at], `"${path}" is no attribute${suggestion}`);
				}
			});
		});
	});
export type Catalogue = z.infer<typeof Catalogue>;

/** All that policies can look at. */
export function attributesOf({ attributes }: Pick<Catalogue, 'attributes'>): Attribute[] {
	return [...standardAttributes, ...attributes];
}

export function operationOf(catalogue: Catalogue, id: string): SensitiveOperation | undefined {
	return catalogue.operations.find((operation) => operation.id === id);
}

/** `risk:high`: the group of all operations of a risk level, which policies may name as an action. */
export function riskGroup(risk: RiskLevel): string {
	return `risk:${risk}`;
}

function operation(
	id: string,
	[en, zh]: [string, string],
	risk: RiskLevel,
	resource: string,
	...further: string[]
): SensitiveOperation {
	return {
		id,
		name: { en, zh },
		risk,
		resource,
		requires: ['subject.department', 'subject.state', ...further],
	};
}

/**
 * What auditors ask about first in purchasing, sales, finance and master data. A site edits it: another risk level, other
 * requirements, operations of its own.
 */
export const standardCatalogue: Catalogue = {
	attributes: [],
	operations: [
		operation(
			'price.change',
			['Price change', '修改价格'],
			'high',
			'Price',
			'subject.rank',
			'request.amount',
		),
		operation(
			'discount.grant',
			['Discount beyond the list', '超限折扣'],
			'medium',
			'SalesOrder',
			'subject.rank',
		),
		operation('contract.void', ['Contract void', '作废合同'], 'critical', 'Contract', 'subject.rank'),
		operation('data.view', ['Viewing of records', '查看记录'], 'low', 'Record'),
		operation('data.export', ['Bulk export', '批量导出'], 'high', 'Dataset', 'request.ip'),
		operation(
			'supplier.changePaymentTerms',
			['Change of supplier payment terms', '修改供应商付款条件'],
			'high',
			'Supplier',
			'subject.rank',
		),
		operation(
			'supplier.changeBankDetails',
			['Change of supplier bank details', '修改供应商银行账户'],
			'critical',
			'Supplier',
			'subject.rank',
		),
		operation('supplier.create', ['New supplier', '新增供应商'], 'medium', 'Supplier'),
		operation(
			'customer.changeCreditLimit',
			['Change of credit limit', '修改客户信用额度'],
			'high',
			'Customer',
			'subject.rank',
			'request.amount',
		),
		operation(
			'purchaseOrder.approve',
			['Purchase order approval', '审批采购订单'],
			'high',
			'PurchaseOrder',
			'subject.rank',
			'request.amount',
			'resource.owner',
		),
		operation(
			'payment.release',
			['Payment release', '付款放行'],
			'critical',
			'Payment',
			'subject.rank',
			'request.amount',
			'resource.owner',
		),
		operation(
			'journalEntry.postManually',
			['Manual journal entry', '手工凭证过账'],
			'high',
			'JournalEntry',
			'subject.rank',
			'request.amount',
		),
		operation(
			'period.reopen',
			['Reopening of a closed period', '反结账'],
			'critical',
			'Period',
			'subject.rank',
		),
		operation('inventory.adjust', ['Stock adjustment', '库存调整'], 'high', 'Warehouse', 'request.amount'),
		operation('role.grant', ['Grant of a role', '授予角色'], 'critical', 'Role', 'subject.rank'),
		operation(
			'masterData.delete',
			['Deletion of master data', '删除主数据'],
			'critical',
			'MasterData',
			'subject.rank',
		),
	],
};
