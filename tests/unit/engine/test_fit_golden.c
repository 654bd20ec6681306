/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The golden figures below were computed by another implementation of the rule (python3, mpmath),
 * written from its description alone, over the same tables.
 */
#include "fit_made.h"

static const struct golden goldens[] = {
	{"one run a side: the prior alone",
	 1,
	 1,
	 0,
	 0.00908869439974,
	 0.0025,
	 30,
	 {{0, -0.01045536059, -0.00136666619028, 0.00533245969129, 34.0034612296, 0, 0.5565019924,
	   0.426234244593},
	  {1, -0.0216818913813, -0.0125931969816, 0.00612104574834, 43.2443517805, 0, 0.6084956823,
	   0.456158043585},
	  {2, -0.0257540077288, -0.0166653133291, 0.0063797036235, 46.0711539314, 0, 0.6257030306,
	   0.466141905817},
	  {3, 0.30688935022, 0.31597804462, 0.00620321862349, 44.1570572257, 0, 0.0001796520409,
	   0.459324277316},
	  {4, 0.000422219302393, 0.00951091370213, 0.00789633105792, 59.1520353059, 0, 0.4981124503,
	   0.525033645009},
	  {20, 0.0271590959926, 0.0362477903923, 0.0116009158507, 67.9699254274, 0, 0.4008467032,
	   0.665774282842}},
	 0.0187571339088,
	 0.00509792325469,
	 30,
	 0.3972865066,
	 0.417456275788,
	 false,
	 false},
	{"three and two runs that agree: less than the prior",
	 3,
	 2,
	 0,
	 0.00645090423596,
	 0.00037763673746,
	 20,
	 {{0, -0.0132305980449, -0.0067779615061, 0.000396578884893, 23, 0, 0.7434693239,
	   0.189927611217},
	  {1, -0.0153566264127, -0.00890398987389, 0.000688487804728, 23, 0, 0.7179599385,
	   0.202896387722},
	  {2, -0.00435100087671, 0.00210163566206, 0.000777139328225, 23, 0, 0.5613329417,
	   0.206278395802},
	  {3, 0.337063942291, 0.34351657883, 0.000728735169504, 23, 0, 6.021380383e-12,
	   0.204456066064},
	  {4, -0.00462187895026, 0.00183075758851, 0.00133178199132, 23, 0, 0.5498404894,
	   0.224224110825},
	  {20, 0.0154742941058, 0.0219269306446, 0.0028421018901, 23, 0, 0.38711036,
	   0.305188897133}},
	 0.0229387056627,
	 0.00164327537801,
	 13,
	 0.2905606685,
	 0.242428843342,
	 false,
	 false},
	{"one run a side, half the rows noisier than the prior: the spread check adds what is "
	 "missing",
	 1,
	 1,
	 2,
	 0.162853977472,
	 0.0025,
	 30,
	 {{0, 0.110347570682, 0.273201548154, 0.0255480526028, 34.5789309801, 0.0201676870159,
	   0.247501134, 1.21466861723},
	  {1, -0.175447174454, -0.0125931969816, 0.0252977661974, 43.3191546115, 0.0191690034148,
	   0.8613510836, 1.18441387816},
	  {2, 0.0953556032733, 0.258209580745, 0.0269431261348, 48.1387132872, 0.0203627540273,
	   0.2821465868, 1.23269217821},
	  {3, 0.153124067148, 0.31597804462, 0.0257876893672, 44.2349334965, 0.0195761880493,
	   0.1732159255, 1.19966986078},
	  {4, 0.121733236286, 0.284587213758, 0.0284172428229, 61.4679185883, 0.020105299397,
	   0.2367468649, 1.26559014189},
	  {20, 0.151025549519, 0.313879526991, 0.032396428491, 67.2078597062, 0.0198539356077,
	   0.2026439414, 1.39321983233}},
	 0.167984044099,
	 0.00510644869398,
	 30,
	 0.01275107691,
	 0.423930414448,
	 false,
	 false},
	{"four and two runs, a third of the rows noisy: few prior degrees, each row its own "
	 "variance",
	 4,
	 2,
	 3,
	 -0.00492759684872,
	 0.00953297623822,
	 6.47871537718,
	 {{0, -0.0408603477759, -0.0425448276742, 0.0127835023379, 10.4787153772, 0, 0.6374877597,
	   0.892124450097},
	  {1, -0.0123590136569, -0.0140434935552, 0.00569475805721, 10.4787153772, 0, 0.5634868879,
	   0.526727324348},
	  {2, -0.00279784067843, -0.00448232057677, 0.00566369985712, 10.4787153772, 0,
	   0.5144786239, 0.524947950724},
	  {3, 0.308190259368, 0.30650577947, 0.0130269012633, 10.4787153772, 0, 0.0111391436,
	   0.90384312513},
	  {4, -0.00267951766342, -0.00436399756176, 0.00593427897601, 10.4787153772, 0,
	   0.5135469255, 0.540362963891},
	  {20, -0.0243159447827, -0.026000424681, 0.00723311272959, 10.4787153772, 0, 0.6097346999,
	   0.611988985197}},
	 0.00684950735959,
	 0.00339481156287,
	 14,
	 0.4540439734,
	 0.361074608522,
	 false,
	 false},
	{"three paired rounds",
	 3,
	 3,
	 0,
	 0,
	 0.000892416998536,
	 20,
	 {{0, -0.00857946098208, -0.00857946098208, 0.000371452757386, 22, 0, 0.6697194231,
	   0.188695698416},
	  {1, -0.0106764564544, -0.0106764564544, 0.000610233812358, 22, 0, 0.665095081,
	   0.199830632256},
	  {2, -0.00281824202761, -0.00281824202761, 0.000690967429666, 22, 0, 0.5422043102,
	   0.203097215613},
	  {3, 0.337679618885, 0.337679618885, 0.000638994830183, 22, 0, 2.972000935e-12,
	   0.201016778962},
	  {4, -0.00437734985488, -0.00437734985488, 0.00114933284446, 22, 0, 0.5507813716,
	   0.218933441149},
	  {20, 0.0174055917402, 0.0174055917402, 0.0023730971401, 22, 0, 0.3621399066,
	   0.276737720453}},
	 0.0221615256107,
	 0.00111142519826,
	 6,
	 0.2654568598,
	 0.247824180121,
	 true,
	 false},
	{"three paired rounds on shares, half the rows noisier",
	 3,
	 3,
	 2,
	 0,
	 0.0243871164707,
	 20,
	 {{0, -0.056725827732, -0.0850960869251, 0.00842163341324, 22, 0, 0.7285294311,
	   0.587105098238},
	  {1, 0.0176938027387, -0.0106764564544, 0.00877425980409, 22, 0, 0.4259560953,
	   0.602530398014},
	  {2, -0.0511889046591, -0.0795591638522, 0.00879300987564, 22, 0, 0.7046432123,
	   0.603346260399},
	  {3, 0.366049878078, 0.337679618885, 0.00872070301502, 22, 0, 0.000407240921,
	   0.60019764419},
	  {4, -0.052797994129, -0.0811682533221, 0.0092187822127, 22, 0, 0.7059917207,
	   0.621760967508},
	  {20, -0.030304225132, -0.0586744843251, 0.0109343659307, 22, 0, 0.6126521354,
	   0.694071734177}},
	 -0.0215662745909,
	 0.00562707537536,
	 6,
	 0.6082984936,
	 0.645714415678,
	 true,
	 true},
};

static void check_row(const struct rg_finding *finding, const struct golden_row *row)
{
	assert_close(finding->estimate.log_growth, row->log_growth, 1e-9);
	assert_close(finding->estimate.raw, row->raw, 1e-9);
	assert_close(finding->estimate.variance, row->variance, 1e-8);
	assert_close(finding->estimate.df, row->df, 1e-9);
	assert_true(fabs(finding->estimate.spread - row->spread) <= 1e-8 * row->variance);
}

static void check_total(const struct rg_finding *total, const struct golden *golden)
{
	assert_close(total->estimate.log_growth, golden->total_log, 1e-9);
	assert_close(total->estimate.variance, golden->total_variance, 1e-9);
	assert_close(total->estimate.df, golden->total_df, 1e-12);
	assert_close(total->p, golden->total_p, 1e-7);
}

static void check_golden(const struct golden *golden)
{
	struct rg_arena *arena = rg_arena_new(0);
	const struct rg_scope scope = {.total = true, .shown = ROWS};
	struct rg_judgement judgement;
	struct rg_policy policy;
	struct made made;
	size_t found = 0;

	print_message("%s\n", golden->sentence);
	rg_policy_init(&policy);
	make_table(&made, golden, arena);
	assert_int_equal(rg_judgement_make(&judgement, &made.table, &policy, &scope, arena, NULL),
			 0);
	assert_close(judgement.fit.common, golden->common, 1e-9);
	assert_close(judgement.fit.between, golden->between, 1e-8);
	assert_close(judgement.fit.prior_df, golden->prior_df, 1e-8);
	for (size_t i = 0; i < judgement.count; i++) {
		for (size_t k = 0; k < COUNT(golden->row); k++) {
			const struct rg_finding *finding = &judgement.finding[i];

			if (finding->row != golden->row[k].row)
				continue;
			check_row(finding, &golden->row[k]);
			/* The family is the top 5, and row 5 where noise brought it in. */
			if (finding->tested) {
				assert_close(finding->p, golden->row[k].p, 1e-6);
				assert_close(finding->mdg, golden->row[k].mdg, 1e-8);
			}
			found++;
		}
	}
	assert_int_equal(found, COUNT(golden->row));
	check_total(&judgement.total, golden);
	assert_close(judgement.total.mdg, golden->total_mdg, 1e-8);
	rg_arena_free(arena);
}

static void matches_an_independent_implementation(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(goldens); i++)
		check_golden(&goldens[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_an_independent_implementation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
