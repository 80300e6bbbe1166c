# Warnings, sanitizers and the flags every file is compiled with.
add_library(cw_flags INTERFACE)
target_include_directories(cw_flags INTERFACE
	${PROJECT_SOURCE_DIR}/engine ${PROJECT_SOURCE_DIR}/rules)
target_compile_options(cw_flags INTERFACE
	-include ${PROJECT_SOURCE_DIR}/engine/base/prelude.h
	-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
	-Wmissing-prototypes -Wold-style-definition -Wundef -Wformat=2 -Wvla -Wcast-qual
	-Wwrite-strings -Wpointer-arith -Wswitch-enum -Wimplicit-fallthrough
	-Wnull-dereference -Wdouble-promotion)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	target_compile_options(cw_flags INTERFACE -Wlogical-op -Wduplicated-cond
		-Wduplicated-branches -Wjump-misses-init)
endif()
if(CWFLOW_SANITIZE)
	target_compile_options(cw_flags INTERFACE -fsanitize=${CWFLOW_SANITIZE}
		-fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(cw_flags INTERFACE -fsanitize=${CWFLOW_SANITIZE})
endif()
target_compile_definitions(cw_flags INTERFACE CWFLOW_VERSION="${PROJECT_VERSION}")
