type Unit = [code: string, name: string, parent: string | undefined, head: string, costCentre: string];
type Post = [
	code: string,
	name: string,
	department: string,
	rank: number,
	region: string | undefined,
	approver?: boolean,
];

/** The company's departments; `head` is an employee's number. */
export const units: Unit[] = [
	['MGT', '总经办 General management', undefined, 'E1001', 'CC-300'],
	['SAL', '销售部 Sales', 'MGT', 'E1002', 'CC-100'],
	['SAL-E', '华东销售 Sales east', 'SAL', 'E1003', 'CC-100'],
	['SAL-S', '华南销售 Sales south', 'SAL', 'E1004', 'CC-100'],
	['SAL-W', '西南销售 Sales west', 'SAL', 'E1005', 'CC-100'],
	['WHS', '仓储部 Warehouse', 'MGT', 'E1006', 'CC-200'],
	['PUR', '采购部 Purchasing', 'MGT', 'E1007', 'CC-300'],
	['FIN', '财务部 Finance', 'MGT', 'E1008', 'CC-300'],
	['HRM', '人力资源部 Human resources', 'MGT', 'E1009', 'CC-300'],
	['ITD', '信息技术部 Information technology', 'MGT', 'E1010', 'CC-300'],
];

/** The posts; one of them, the warehouse supervisor in the south, is vacant. */
export const posts: Post[] = [
	['GM', '总经理 General manager', 'MGT', 9, undefined, true],
	['GM-AST', '总经理助理 Assistant to the general manager', 'MGT', 5, undefined],
	['SAL-DIR', '销售总监 Sales director', 'SAL', 8, undefined, true],
	['SAL-SUP-E', '华东销售主管 Sales supervisor east', 'SAL-E', 6, 'east', true],
	['SAL-SUP-S', '华南销售主管 Sales supervisor south', 'SAL-S', 6, 'south', true],
	['SAL-SUP-W', '西南销售主管 Sales supervisor west', 'SAL-W', 6, 'west', true],
	['SAL-REP-E', '华东销售代表 Sales representative east', 'SAL-E', 3, 'east'],
	['SAL-REP-S', '华南销售代表 Sales representative south', 'SAL-S', 3, 'south'],
	['SAL-REP-W', '西南销售代表 Sales representative west', 'SAL-W', 3, 'west'],
	['SAL-OPS', '销售内勤 Sales administration', 'SAL', 3, undefined],
	['WHS-MGR', '仓储经理 Warehouse manager', 'WHS', 7, 'east', true],
	['WHS-SUP-E', '苏州仓主管 Warehouse supervisor Suzhou', 'WHS', 5, 'east', true],
	['WHS-SUP-S', '佛山仓主管 Warehouse supervisor Foshan', 'WHS', 5, 'south', true],
	['WHS-OPR', '仓库操作员 Warehouse operator', 'WHS', 2, undefined],
	['PUR-MGR', '采购经理 Purchasing manager', 'PUR', 7, undefined, true],
	['PUR-BUY', '采购员 Buyer', 'PUR', 4, undefined],
	['FIN-DIR', '财务总监 Finance director', 'FIN', 8, undefined, true],
	['FIN-SUP', '财务主管 Finance supervisor', 'FIN', 6, undefined, true],
	['FIN-ACC', '会计 Accountant', 'FIN', 4, undefined],
	['FIN-CSH', '出纳 Cashier', 'FIN', 3, undefined],
	['HRM-MGR', '人力资源经理 HR manager', 'HRM', 7, undefined, true],
	['HRM-SPC', '人事专员 HR specialist', 'HRM', 4, undefined],
	['ITD-MGR', '信息技术经理 IT manager', 'ITD', 7, undefined, true],
	['ITD-ADM', '系统管理员 System administrator', 'ITD', 5, undefined],
	['ITD-DEV', '开发工程师 Developer', 'ITD', 4, undefined],
];
