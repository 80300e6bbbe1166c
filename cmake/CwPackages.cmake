# cw_package(MODULE RET): finds a library by its pkg-config name and returns its target.
# What is missing is said once, with the command that brings it.
find_package(PkgConfig)
if(NOT PkgConfig_FOUND)
	message(FATAL_ERROR "pkg-config is missing; scripts/install-deps.sh installs it")
endif()

function(cw_package module ret)
	string(MAKE_C_IDENTIFIER ${module} id)
	if(NOT TARGET PkgConfig::CW_${id})
		pkg_check_modules(CW_${id} QUIET IMPORTED_TARGET GLOBAL ${module})
	endif()
	if(NOT TARGET PkgConfig::CW_${id})
		message(FATAL_ERROR
			"library ${module} is missing; scripts/install-deps.sh installs it")
	endif()
	set(${ret} PkgConfig::CW_${id} PARENT_SCOPE)
endfunction()
