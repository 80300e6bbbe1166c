# cw_unit_tests(ROOM [LIBS target...]): one executable and one ctest a file
# tests/unit/ROOM/test_*.c, linked with cw_ROOM, the fakes and cmocka.
function(cw_unit_tests room)
	cmake_parse_arguments(A "" "" "LIBS" ${ARGN})
	file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/${room}/test_*.c)
	foreach(source ${tests})
		get_filename_component(name ${source} NAME_WE)
		add_executable(${name} ${source})
		target_link_libraries(${name} PRIVATE cw_${room} ${A_LIBS} PkgConfig::CMOCKA)
		target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit)
		add_test(NAME unit.${room}.${name} COMMAND ${name})
		set_tests_properties(unit.${room}.${name} PROPERTIES LABELS "unit" TIMEOUT 120)
	endforeach()
endfunction()
