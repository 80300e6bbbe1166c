# Warnings, sanitizers and the flags every file is compiled with.
add_library(cw_flags INTERFACE)
target_include_directories(cw_flags INTERFACE
	${PROJECT_SOURCE_DIR}/engine ${PROJECT_SOURCE_DIR}/rules)
set(CWFLOW_WARNINGS
	-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
	-Wmissing-prototypes -Wold-style-definition -Wundef -Wformat=2 -Wvla -Wcast-qual
	-Wwrite-strings -Wpointer-arith -Wswitch-enum -Wimplicit-fallthrough
	-Wnull-dereference -Wdouble-promotion)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	list(APPEND CWFLOW_WARNINGS -Wlogical-op -Wduplicated-cond -Wduplicated-branches
		-Wjump-misses-init)
endif()
target_compile_options(cw_flags INTERFACE
	-include ${PROJECT_SOURCE_DIR}/engine/base/prelude.h ${CWFLOW_WARNINGS})
target_compile_definitions(cw_flags INTERFACE CWFLOW_VERSION="${PROJECT_VERSION}")
target_link_options(cw_flags INTERFACE LINKER:--as-needed)
target_link_libraries(cw_flags INTERFACE m)

# Messages must not depend on where somebody's checkout stands.
target_compile_options(cw_flags INTERFACE -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

if(CWFLOW_SANITIZE)
	target_compile_options(cw_flags INTERFACE -fsanitize=${CWFLOW_SANITIZE}
		-fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(cw_flags INTERFACE -fsanitize=${CWFLOW_SANITIZE})
	if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
		# It counts NULL + 0, the end of an empty array, as an overflow.
		target_compile_options(cw_flags INTERFACE -fno-sanitize=pointer-overflow)
	endif()
endif()
if(CWFLOW_FUZZ)
	if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
		message(FATAL_ERROR "CWFLOW_FUZZ needs clang: configure with --preset fuzz")
	endif()
	target_compile_options(cw_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CWFLOW_ANALYZE)
	target_compile_options(cw_flags INTERFACE -fanalyzer)
endif()
if(CWFLOW_COVERAGE)
	target_compile_options(cw_flags INTERFACE --coverage)
	target_link_options(cw_flags INTERFACE --coverage)
endif()
