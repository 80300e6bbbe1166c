# What every test sees of the world.
set(CWFLOW_TEST_ENV LC_ALL=C.UTF-8 TZ=UTC0 NO_COLOR=1
	ASAN_OPTIONS=detect_stack_use_after_return=1
	UBSAN_OPTIONS=print_stacktrace=1
	LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0)

# cw_unit_tests(ROOM [LIBS target...]): one executable and one ctest a file
# tests/unit/ROOM/test_*.c, linked with cw_ROOM, the fakes and cmocka. Other .c files of
# the folder are helpers, linked into each of its tests.
function(cw_unit_tests room)
	cmake_parse_arguments(A "" "" "LIBS" ${ARGN})
	set(dir ${PROJECT_SOURCE_DIR}/tests/unit/${room})
	file(GLOB helpers CONFIGURE_DEPENDS ${dir}/*.c)
	file(GLOB tests CONFIGURE_DEPENDS ${dir}/test_*.c)
	if(NOT tests)
		return()
	endif()
	list(REMOVE_ITEM helpers ${tests})
	cw_package(cmocka cmocka)
	foreach(source ${tests})
		get_filename_component(name ${source} NAME_WE)
		add_executable(${name} ${source} ${helpers})
		target_link_libraries(${name} PRIVATE cw_${room} ${A_LIBS} cw_fakes ${cmocka})
		target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit ${dir})
		target_compile_definitions(${name} PRIVATE
			CW_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
			CW_BINARY_DIR="${PROJECT_BINARY_DIR}")
		set_target_properties(${name} PROPERTIES
			RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
		add_test(NAME unit.${room}.${name} COMMAND ${name})
		set_tests_properties(unit.${room}.${name} PROPERTIES LABELS unit TIMEOUT 900
			ENVIRONMENT "${CWFLOW_TEST_ENV}")
	endforeach()
endfunction()
