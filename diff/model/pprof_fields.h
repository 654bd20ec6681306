/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_FIELDS_H
#define RG_MODEL_PPROF_FIELDS_H

/*
 * Field numbers of perftools.profiles.Profile and its parts, from
 * https://github.com/google/pprof/blob/main/proto/profile.proto. A _COUNT is one more than the
 * greatest number used. Fields 15 and 16 of Profile are neither read nor written: readers disagree
 * on them.
 */
enum rg_pprof_profile {
	PPROF_SAMPLE_TYPE = 1,
	PPROF_SAMPLE = 2,
	PPROF_MAPPING = 3,
	PPROF_LOCATION = 4,
	PPROF_FUNCTION = 5,
	PPROF_STRING_TABLE = 6,
	PPROF_TIME_NANOS = 9,
	PPROF_DURATION_NANOS = 10,
	PPROF_PERIOD_TYPE = 11,
	PPROF_PERIOD = 12,
	PPROF_COMMENT = 13,
	PPROF_DEFAULT_SAMPLE_TYPE = 14,
};

enum rg_pprof_value_type {
	PPROF_VALUE_TYPE_TYPE = 1,
	PPROF_VALUE_TYPE_UNIT = 2,
	PPROF_VALUE_TYPE_COUNT = 3,
};

enum rg_pprof_sample {
	PPROF_SAMPLE_LOCATION_ID = 1,
	PPROF_SAMPLE_VALUE = 2,
	PPROF_SAMPLE_LABEL = 3,
};

enum rg_pprof_label {
	PPROF_LABEL_KEY = 1,
	PPROF_LABEL_STR = 2,
	PPROF_LABEL_NUM = 3,
	PPROF_LABEL_NUM_UNIT = 4,
	PPROF_LABEL_COUNT = 5,
};

enum rg_pprof_mapping_field {
	PPROF_MAPPING_ID = 1,
	PPROF_MAPPING_START = 2,
	PPROF_MAPPING_OFFSET = 4,
	PPROF_MAPPING_FILENAME = 5,
	PPROF_MAPPING_BUILD_ID = 6,
	PPROF_MAPPING_HAS_FUNCTIONS = 7,
	PPROF_MAPPING_HAS_FILENAMES = 8,
	PPROF_MAPPING_HAS_LINE_NUMBERS = 9,
	PPROF_MAPPING_COUNT = 10,
};

enum rg_pprof_location_field {
	PPROF_LOCATION_ID = 1,
	PPROF_LOCATION_MAPPING_ID = 2,
	PPROF_LOCATION_ADDRESS = 3,
	PPROF_LOCATION_LINE = 4,
	PPROF_LOCATION_NUMBERS = 4, /* those before `line` are numbers */
};

enum rg_pprof_line {
	PPROF_LINE_FUNCTION_ID = 1,
	PPROF_LINE_LINE = 2,
	PPROF_LINE_COUNT = 3,
};

enum rg_pprof_function_field {
	PPROF_FUNCTION_ID = 1,
	PPROF_FUNCTION_NAME = 2,
	PPROF_FUNCTION_SYSTEM_NAME = 3,
	PPROF_FUNCTION_FILENAME = 4,
	PPROF_FUNCTION_START_LINE = 5,
	PPROF_FUNCTION_COUNT = 6,
	/*
	 * Ours: struct rg_frame's `code`, a varint. Far from the numbers that the format's own fields may get; readers pass
	 * over fields they do not know (protobuf.dev/programming-guides/proto3/#unknowns).
	 */
	PPROF_FUNCTION_CODE = 1000,
};

/* The sample types of an rg_value, by rg_value. */
struct rg_pprof_type_name {
	const char *type, *unit;
};
extern const struct rg_pprof_type_name rg_pprof_types[];

#define PPROF_LABEL_THREAD "thread"
#define PPROF_LABEL_SLICE  "slice"
#define PPROF_LABEL_WAIT   "wait"

#endif
